"""« Plan du site »: the labels that views carry, put in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app
from werkzeug.routing import Rule

from app.web.access import Audience, Screens, audience_of

LABEL = "site_map_label"
PLACE = "site_map_place"
AFTER_THE_OTHERS = 100


View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """A page of the map, with the pages whose address continues its own."""

    label: str
    endpoint: str
    path: str
    inside: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """The pages under one heading."""

    heading: str
    audience: Audience
    entries: list[Entry] = field(default_factory=list)

    @property
    def asks_to_sign_in(self) -> bool:
        """Tell whether a stranger cannot open them yet."""
        return self.audience is not Audience.STRANGERS


def labelled(label: str, place: int = AFTER_THE_OTHERS) -> Callable[[View], View]:
    """Give a view its name in the map, and its place among the pages of its group."""

    def mark(view: View) -> View:
        setattr(view, LABEL, label)
        setattr(view, PLACE, place)
        return view

    return mark


def site_map() -> list[Group]:
    """Return the pages by whom they are for; the town hall's are in no family's map."""
    groups = [
        Group(screens.heading, screens.audience)
        for screens in _screens()
        if screens.audience is not Audience.TOWN_HALL
    ]
    for rule in sorted(_labelled_rules(), key=_order):
        entries = next(group.entries for group in groups if group.heading == _heading(rule))
        above = next((entry for entry in entries if rule.rule.startswith(f"{entry.path}/")), None)
        entry = Entry(_mark(rule, LABEL), rule.endpoint, rule.rule)
        (above.inside if above else entries).append(entry)
    return groups


def public_endpoints() -> list[str]:
    """Return the pages of the map that anybody may open."""
    rules = sorted(_labelled_rules(), key=_order)
    return [rule.endpoint for rule in rules if is_public(rule.endpoint)]


def is_public(endpoint: str) -> bool:
    """Tell whether anybody may open it."""
    return audience_of(endpoint) is Audience.STRANGERS


def is_shown(endpoint: str) -> bool:
    """Tell whether the map shows it."""
    return hasattr(current_app.view_functions[endpoint], LABEL)


def _screens() -> list[Screens]:
    return [each for each in current_app.blueprints.values() if isinstance(each, Screens)]


def _labelled_rules() -> Iterator[Rule]:
    return (
        rule
        for rule in current_app.url_map.iter_rules()
        if _mark(rule, LABEL) and audience_of(rule.endpoint) is not Audience.TOWN_HALL
    )


def _order(rule: Rule) -> tuple[int, int, str]:
    # What stands above comes before what stands inside it.
    return rule.rule.count("/"), _mark(rule, PLACE), rule.rule


def _heading(rule: Rule) -> str:
    """Put a page under the heading of its blueprint, or of the one that is for whom it is for."""
    audience, blueprint = audience_of(rule.endpoint), rule.endpoint.partition(".")[0]
    alike = [each for each in _screens() if each.audience is audience]
    return next((each for each in alike if each.name == blueprint), alike[0]).heading


def _mark(rule: Rule, name: str) -> Any:
    return getattr(current_app.view_functions[rule.endpoint], name, None)
