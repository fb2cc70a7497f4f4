"""Who comes on a day: what the canteen and the garderie hold in their hands in the morning."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
from app.services.bookings.morning.day_rows import Counted, OfService
from app.services.families import health
from app.services.refusals import Reason, Refusal

# At noon everybody leaves for somewhere else; of these, somebody comes to fetch the child.
FETCHED = frozenset({ServiceKind.GARDERIE, ServiceKind.LEISURE, ServiceKind.OTHER})

# Of the columns of a row, so many are of a child; which of them says who it is.
OF_CHILD, CHILD = 11, 6

_SERVICES = select(Service.slug, Service.name).order_by(Service.position, Service.id)


Beside = tuple[str, Collection[int]]


class Line(NamedTuple):
    """A child at a service."""

    # The same as of a service.
    slug: str
    service: str
    short_name: str
    kind: ServiceKind
    ends_at: int | None
    # The same as of a row.
    school: str
    class_name: str
    last_name: str
    first_name: str
    state: BookingState
    is_late: bool
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
        if self.seen is None:
            return ""
        return ", ".join(noted.said(self.seen, self.arrived_at, self.left_at))

    @property
    def remark(self) -> str:
        """Say what is not as usual."""
        if self.state is not BookingState.BOOKED:
            return words.STATES[self.state]
        return "Hors délai" if self.is_late else ""

    @property
    def stays(self) -> str:
        """Name the service; until when, where somebody comes for the child."""
        return _stays(self.short_name or self.service, self.kind, self.ends_at)


class Expected(NamedTuple):
    """A child of the list, as whoever looks through it reads it."""

    name: str
    # Counted among those who come.
    comes: bool
    # Where else the child is that day; all that it comes to, on the list of all services.
    stays: str
    # What its health asks, in words.
    health: str
    # What was noted; at which service, where several are read.
    noted: str
    # What is not as usual; of which service, when it is not so of all.
    remarks: str


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
    """The children of a day, by service, school and class."""

    day: date
    lines: list[Line]
    # On the list of one service, the others that its children come to, and which of them do.
    beside: Sequence[Beside] | None
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
            health.say(*each)
            for child in sorted(coming & self.health.keys())
            for each in self.health[child]
        ]
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        # Most say the same: words are folded once each.
        for said, count in Counter(told).items():
            counts[first.setdefault(fold(said), said)] += count
        return sorted(counts.items())

    def schools(self) -> list[School]:
        """List the children, once each, as a paper names them."""
        asked: dict[int, list[Line]] = {}
        for line in self.lines:
            asked.setdefault(line.child_id, []).append(line)
        names = {name for line in self.lines for name in (line.last_name, line.first_name)}
        folded = {name: fold(name) for name in names}

        def order(lines: Sequence[Line]) -> tuple[str | int, ...]:
            first = lines[0]
            names = folded[first.last_name], folded[first.first_name]
            return first.school, first.class_name, *names, first.child_id

        children = sorted(asked.values(), key=order)
        return [
            School(
                name,
                [
                    SchoolClass(of_class, [self._expected(lines) for lines in theirs])
                    for of_class, theirs in groupby(of_school, lambda lines: lines[0].class_name)
                ],
            )
            for name, of_school in groupby(children, lambda lines: lines[0].school)
        ]

    def _expected(self, lines: Sequence[Line]) -> Expected:
        first = lines[0]
        child, is_alone = first.child_id, len(lines) == 1
        if self.beside is None:
            stays = [line.stays for line in lines]
        else:
            stays = [name for name, children in self.beside if child in children]
        return Expected(
            f"{first.last_name} {first.first_name}",
            BookingState.BOOKED in [line.state for line in lines],
            ", ".join(stays),
            ", ".join(self.said(first)) if child in self.health else "",
            first.noted if is_alone else _noted(lines),
            first.remark if is_alone else _remarks(lines),
        )

    def said(self, line: Line) -> list[str]:
        """Say what the health of a child asks."""
        marks = self.health.get(line.child_id)
        return [health.say(*each) for each in marks] if marks else []


def of_day(
    day: date, slug: str = "", *, with_health: bool = False, only: frozenset[str] | None = None
) -> DayList:
    """Read who comes on a day, to one service or to all. Raises Refusal for an unknown service."""
    if slug:
        known = [row.slug for row in db.rows(_SERVICES) if only is None or row.slug in only]
        if slug not in known:
            there = ", ".join(known) or "aucun encore"
            raise Refusal(
                Reason.UNKNOWN,
                f"aucun service ne s’appelle «\u00a0{slug}\u00a0»\u00a0; il y a\u00a0: {there}",
            )
    return of_known(day, slug, with_health=with_health, only=only)


def of_known(
    day: date, slug: str, *, with_health: bool = False, only: frozenset[str] | None = None
) -> DayList:
    """Read who comes on a day to a service that there is, or to all: two statements, or one.

    What health asks is for the staff of one service: never on the list of all of them. Whoever
    reads of some services alone learns of no other where a child is besides.
    """
    if not slug:
        every = (Line(*row[OF_CHILD:], *row[:OF_CHILD]) for row in day_rows.of_all(day))
        lines = [line for line in every if only is None or line.slug in only]
        coming = Counter(line.slug for line in lines if line.state is BookingState.BOOKED)
        return DayList(day, lines, None, coming, {})
    services = day_rows.services(day, slug)
    asked = next((each.service for each in services if each.service.slug == slug), None)
    lines, marks = _of_service(day, asked, with_health=with_health) if asked else ([], {})
    told = [each for each in services if only is None or each.service.slug in only]
    coming_to = {each.service.slug: each.coming for each in told}
    return DayList(day, lines, _beside(told, slug), coming_to, marks)


def _of_service(
    day: date, service: OfService, *, with_health: bool
) -> tuple[list[Line], dict[int, list[tuple[HealthKind, str]]]]:
    lines: list[Line] = []
    marks: dict[int, list[tuple[HealthKind, str]]] = {}
    last = None
    for row in day_rows.of_service(day, service.slug, with_health=with_health):
        of_child = row[:OF_CHILD]
        kind, said = row[OF_CHILD:]
        child = of_child[CHILD]
        # Who has several marks has several rows, one after the other.
        if child != last:
            lines.append(Line(*service, *of_child))
            last = child
        if said:
            marks.setdefault(child, []).append((kind, said))
    return lines, marks


def _beside(services: Sequence[Counted], slug: str) -> list[Beside]:
    """Tell where else those who come to a service are."""
    return [
        (
            _stays(service.short_name or service.name, service.kind, service.ends_at),
            frozenset(children),
        )
        for service, _, children in services
        if service.slug != slug
    ]


def _stays(name: str, kind: ServiceKind, ends_at: int | None) -> str:
    if ends_at is None or kind not in FETCHED:
        return name
    return f"{name} (jusqu’à {spoken.hour(ends_at)})"


def _noted(lines: Sequence[Line]) -> str:
    told = [
        f"{line.short_name or line.service}{NBSP}: {noted}"
        for line in lines
        if (noted := line.noted)
    ]
    return ", ".join(told)


def _remarks(lines: Sequence[Line]) -> str:
    said = {line.remark for line in lines}
    if len(said) == 1:
        return said.pop()
    told = [f"{line.service}{NBSP}: {line.remark.lower()}" for line in lines if line.remark]
    return ", ".join(told)
