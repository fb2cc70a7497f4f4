"""Who comes on a day: what the canteen and the garderie hold in their hands in the morning."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.formats import NBSP, fold
from app.models import AttendanceState, BookingState, HealthKind, Service, ServiceKind
from app.services.bookings import words
from app.services.bookings.judge import spoken
from app.services.bookings.morning import day_heads, day_rows, noted
from app.services.families import health
from app.services.refusals import Reason, Refusal

# At noon everybody leaves for somewhere else; of these, somebody comes to fetch the child.
FETCHED = frozenset({ServiceKind.GARDERIE, ServiceKind.LEISURE, ServiceKind.OTHER})

_SERVICES = select(Service.slug, Service.name).order_by(Service.position, Service.id)


class Line(NamedTuple):
    """A child at a service."""

    slug: str
    service: str
    school: str
    class_name: str
    last_name: str
    first_name: str
    state: BookingState
    is_late: bool
    kind: ServiceKind
    ends_at: int | None
    short_name: str
    child_id: int
    # That has places of its own; empty for none.
    group: str
    # What a tablet noted; nothing before.
    seen: AttendanceState | None = None
    arrived_at: int | None = None
    left_at: int | None = None

    @property
    def noted(self) -> str:
        """Write là à 11 h 40, parti à 17 h 10; nothing for whom nobody noted."""
        return ", ".join(noted.said(self.seen, self.arrived_at, self.left_at))

    @property
    def remark(self) -> str:
        """Say what is not as usual."""
        if self.state is not BookingState.BOOKED:
            return words.STATES[self.state]
        return "Hors délai" if self.is_late else ""

    @property
    def place(self) -> tuple[str, str]:
        """Return where the child is at school."""
        return self.school, self.class_name

    @property
    def stays(self) -> str:
        """Name the service; until when, where somebody comes for the child."""
        name = self.short_name or self.service
        if self.ends_at is None or self.kind not in FETCHED:
            return name
        return f"{name} (jusqu’à {spoken.hour(self.ends_at)})"


@dataclass(frozen=True, slots=True)
class Expected:
    """A child of the list: what it is read for, and where else the child is that day."""

    asked: list[Line]
    beside: list[Line]
    # What its health asks, in words.
    health: list[str]

    @property
    def name(self) -> str:
        """Name the child, as whoever looks through a list does."""
        return f"{self.asked[0].last_name} {self.asked[0].first_name}"

    @property
    def comes(self) -> bool:
        """Tell whether the child is counted."""
        return any(line.state is BookingState.BOOKED for line in self.asked)

    @property
    def noted(self) -> str:
        """Say what was noted; at which service, where several are read."""
        told = [line for line in self.asked if line.noted]
        if len(self.asked) == 1:
            return "".join(line.noted for line in told)
        return ", ".join(f"{line.short_name or line.service}{NBSP}: {line.noted}" for line in told)

    @property
    def remarks(self) -> str:
        """Say what is not as usual; of which service, when it is not so of all."""
        said = {line.remark for line in self.asked}
        if len(said) == 1:
            return said.pop()
        told = [
            f"{line.service}{NBSP}: {line.remark.lower()}" for line in self.asked if line.remark
        ]
        return ", ".join(told)


class SchoolClass(NamedTuple):
    """The children of a class."""

    name: str
    children: list[Expected]


class School(NamedTuple):
    """Those of a school, class by class."""

    name: str
    classes: list[SchoolClass]

    @property
    def coming(self) -> int:
        """Count who comes."""
        return sum(child.comes for each in self.classes for child in each.children)


@dataclass(frozen=True, slots=True)
class DayList:
    """The children of a day, by service, school and class; `lines` are those that were asked."""

    day: date
    lines: list[Line]
    # Of the same children, at all services.
    everything: list[Line]
    # How many come to each service, whichever was asked, by its slug.
    coming_to: Mapping[str, int]
    # What the health of a child asks, by its number; nothing for whoever is not to know.
    health: Mapping[int, Sequence[tuple[HealthKind, str]]]

    def heads(self) -> list[day_heads.Heads]:
        """Count them, for whoever cooks."""
        return day_heads.of(self.lines)

    def coming(self) -> int:
        """Count the children who come to anything of what was asked."""
        return len({line.child_id for line in self.lines if line.state is BookingState.BOOKED})

    def needs(self) -> list[tuple[str, int]]:
        """Count what the health of those who come asks, as whoever cooks reads it."""
        coming = {line.child_id for line in self.lines if line.state is BookingState.BOOKED}
        told = [
            health.say(kind, words)
            for child in sorted(coming)
            for kind, words in self.health.get(child, ())
        ]
        first = {fold(words): words for words in reversed(told)}
        counts = Counter(map(fold, told))
        return sorted((first[folded], count) for folded, count in counts.items())

    def schools(self) -> list[School]:
        """List the children, once each, as a paper names them."""
        children = sorted(self._children(), key=_order)
        return [
            School(name, [SchoolClass(*each) for each in _grouped(of_school, 1)])
            for name, of_school in _grouped(children, 0)
        ]

    def _children(self) -> Iterator[Expected]:
        asked: dict[int, list[Line]] = {}
        beside: dict[int, list[Line]] = {}
        for line in self.lines:
            asked.setdefault(line.child_id, []).append(line)
        slugs = {line.slug for line in self.lines}
        for line in self.everything:
            if line.slug not in slugs and line.state is BookingState.BOOKED:
                beside.setdefault(line.child_id, []).append(line)
        return (
            Expected(lines, beside.get(child, []), self.said(lines[0]))
            for child, lines in asked.items()
        )

    def said(self, line: Line) -> list[str]:
        """Say what the health of a child asks."""
        return [health.say(*each) for each in self.health.get(line.child_id, ())]


def of_day(day: date, slug: str = "", *, with_health: bool = False) -> DayList:
    """Read who comes on a day, to one service or to all. Raises Refusal for an unknown service."""
    if slug:
        known = [row.slug for row in db.rows(_SERVICES)]
        if slug not in known:
            there = ", ".join(known) or "aucun encore"
            raise Refusal(
                Reason.UNKNOWN,
                f"aucun service ne s’appelle «\u00a0{slug}\u00a0»\u00a0; il y a\u00a0: {there}",
            )
    return of_known(day, slug, with_health=with_health)


def of_known(day: date, slug: str, *, with_health: bool = False) -> DayList:
    """Read who comes on a day to a service that there is, or to all: one statement.

    What health asks is for the staff of one service: never on the list of all of them.
    """
    if not slug:
        lines = [Line._make(row) for row in day_rows.of_all(day)]
        coming = Counter(line.slug for line in lines if line.state is BookingState.BOOKED)
        return DayList(day, lines, lines, coming, {})
    found: dict[Line, None] = {}
    marks: dict[int, dict[tuple[HealthKind, str], None]] = {}
    coming = Counter()
    for row in day_rows.of_service(day, slug, with_health=with_health):
        line = Line._make(row[: day_rows.LINE])
        coming[line.slug] = row.coming
        if line.child_id is not None:
            found[line] = None
            if with_health and line.slug == slug and row.words:
                marks.setdefault(line.child_id, {})[row.health, row.words] = None
    lines = list(found)
    theirs = [line for line in lines if line.slug == slug]
    return DayList(day, theirs, lines, coming, {child: list(each) for child, each in marks.items()})


def _order(child: Expected) -> tuple[str | int, ...]:
    first = child.asked[0]
    return (*first.place, fold(first.last_name), fold(first.first_name), first.child_id)


def _grouped(children: list[Expected], part: int) -> list[tuple[str, list[Expected]]]:
    """Put together those of one school (0), or of one class (1)."""
    return [
        (name, list(theirs))
        for name, theirs in groupby(children, lambda child: child.asked[0].place[part])
    ]
