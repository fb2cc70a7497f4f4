"""What the State publishes of a school year: public holidays, school holidays, bridges.

Read once, by who loads a calendar: the library takes a third of a second to import.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.calendar import ONE_DAY
from app.calendar.school_years import SchoolYear
from app.models import SpanKind
from app.services.refusals import Reason, Refusal
from configuring import calendars

# How the library says in its own words of which school years it read the decree; of others it
# answers too, by a rule of thumb.
_DECREE = re.compile(r"\[(Arrêté du [^\]()]+) \((\d{4})-\d{4}(?: to (\d{4})-\d{4})?\)\]")
# A custom, or only where there is a Protestant church: the town ticks them.
_BY_CUSTOM = frozenset({"Vendredi saint", "Mi-Carême"})
_BRIDGE = "Pont"
# The holidays before a school year are those that end as it begins.
SUMMER = timedelta(days=62)


class Published(NamedTuple):
    """Some days, as they are published."""

    kind: SpanKind
    first: date
    last: date
    name: str
    zone: str
    source: str
    confirmed: bool = True


class Decrees(NamedTuple):
    """The school years that are published, each with its decree, in their order."""

    by_year: dict[SchoolYear, str]

    @property
    def last(self) -> SchoolYear:
        """The latest one."""
        return max(self.by_year)


def known() -> Decrees:
    """Read which school years the library knows by their decree."""
    from holidays.countries.france import France

    found = {}
    for words, first, last in _DECREE.findall(France.__doc__ or ""):
        for start in range(int(first), int(last or first) + 1):
            found[SchoolYear(start)] = words[:1].lower() + words[1:]
    return Decrees(dict(sorted(found.items())))


def published(year: SchoolYear, zone: str, place: str) -> list[Published]:
    """List what is published of a school year, from the summer before it.

    `place` is a department or a territory, and an empty zone has no school holidays. Raises Refusal
    for a year that no decree speaks of.
    """
    decrees = known()
    words = decrees.by_year.get(year)
    if words is None:
        raise Refusal(Reason.UNKNOWN, _unpublished(year, decrees))
    public = _public(year, place)
    school = _school(year, zone, words) if zone else []
    return sorted([*public, *school], key=lambda each: (each.first, each.kind))


def _unpublished(year: SchoolYear, decrees: Decrees) -> str:
    if year < decrees.last:
        return f"le calendrier {year.label} est trop ancien pour être chargé"
    last = decrees.last
    return (
        f"le calendrier {year.label} n’est pas encore publié, ou ce portail ne le connaît"
        f" pas\u00a0: il va jusqu’à {last.label} ({decrees.by_year[last]}). Tapez ses"
        " vacances, ou mettez le portail à jour quand l’arrêté aura paru"
    )


def _public(year: SchoolYear, place: str) -> Iterator[Published]:
    for day, name in _asked(year, calendars.territory(place), "public"):
        if year.first_day <= day <= year.last_day:
            is_sure = name not in _BY_CUSTOM
            yield Published(SpanKind.PUBLIC, day, day, name, "", "Code du travail", is_sure)


def _school(year: SchoolYear, zone: str, words: str) -> Iterator[Published]:
    for first, last, name in _spans(_asked(year, f"Zone {zone}", "school")):
        if last >= year.first_day - ONE_DAY and year.first_day - SUMMER <= first <= year.last_day:
            kind = SpanKind.BRIDGE if name.startswith(_BRIDGE) else SpanKind.SCHOOL
            yield Published(kind, first, last, name, zone, words)


def _spans(days: list[tuple[date, str]]) -> list[tuple[date, date, str]]:
    """Put together days that follow each other under one name."""
    spans: list[tuple[date, date, str]] = []
    for day, name in days:
        if spans and (spans[-1][1] + ONE_DAY, spans[-1][2]) == (day, name):
            spans[-1] = (spans[-1][0], day, name)
        else:
            spans.append((day, day, name))
    return spans


def _asked(year: SchoolYear, subdivision: str | None, category: str) -> list[tuple[date, str]]:
    from holidays import country_holidays

    years = range(year.start, year.start + 2)
    found = country_holidays(
        "FR", subdiv=subdivision, years=years, language="fr", categories=category
    )
    return [(day, name.replace("'", "’")) for day, name in sorted(found.items())]
