"""« Plan du site »: the labels that views carry, put in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app
from werkzeug.routing import Rule

from app.web.access import PUBLIC

LABEL = "site_map_label"
PLACE = "site_map_place"
AFTER_THE_OTHERS = 100

SIGN_IN, FAMILY, PORTAL = "Se connecter", "Votre famille", "Le portail"
# The blueprint that holds a public page says what it is for; the others are the family's.
GROUPS = {"auth": SIGN_IN, "family": FAMILY, "site": PORTAL}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """A page of the map, with the pages whose address continues its own."""

    label: str
    endpoint: str
    path: str
    inside: list["Entry"] = field(default_factory=list)


def labelled(label: str, place: int = AFTER_THE_OTHERS) -> Callable[[View], View]:
    """Give a view its name in the map, and its place among the pages of its group."""

    def mark(view: View) -> View:
        setattr(view, LABEL, label)
        setattr(view, PLACE, place)
        return view

    return mark


def site_map() -> dict[str, list[Entry]]:
    """Return the pages of each group, the groups in their order."""
    groups: dict[str, list[Entry]] = {SIGN_IN: [], FAMILY: [], PORTAL: []}
    for rule in sorted(_labelled_rules(), key=_order):
        entries = groups[_group(rule)]
        above = next((entry for entry in entries if rule.rule.startswith(f"{entry.path}/")), None)
        entry = Entry(_mark(rule, LABEL), rule.endpoint, rule.rule)
        (above.inside if above else entries).append(entry)
    return groups


def public_endpoints() -> list[str]:
    """Return the pages of the map that anybody may open."""
    rules = sorted(_labelled_rules(), key=_order)
    return [rule.endpoint for rule in rules if _mark(rule, PUBLIC)]


def _labelled_rules() -> Iterator[Rule]:
    return (rule for rule in current_app.url_map.iter_rules() if _mark(rule, LABEL))


def _order(rule: Rule) -> tuple[int, int, str]:
    # What stands above comes before what stands inside it.
    return rule.rule.count("/"), _mark(rule, PLACE), rule.rule


def _group(rule: Rule) -> str:
    return GROUPS[rule.endpoint.partition(".")[0]] if _mark(rule, PUBLIC) else FAMILY


def _mark(rule: Rule, name: str) -> Any:
    return getattr(current_app.view_functions[rule.endpoint], name, None)
