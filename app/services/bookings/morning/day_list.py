"""Who comes on a day: what the canteen and the garderie hold in their hands in the morning."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

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
    def place(self) -> tuple[str, str]:
        """Return where the child is at school."""
        return self.school, self.class_name

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
    # On the list of one service, the others that each child comes to, by its number.
    beside: Mapping[int, Sequence[str]] | None
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
        first = {fold(words): words for words in reversed(told)}
        counts = Counter(map(fold, told))
        return sorted((first[folded], count) for folded, count in counts.items())

    def schools(self) -> list[School]:
        """List the children, once each, as a paper names them."""
        asked: dict[int, list[Line]] = {}
        for line in self.lines:
            asked.setdefault(line.child_id, []).append(line)
        children = sorted(asked.values(), key=_order)
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
        if self.beside is None:
            stays: Sequence[str] = [line.stays for line in lines]
        else:
            stays = self.beside.get(first.child_id, ())
        is_alone = len(lines) == 1
        return Expected(
            f"{first.last_name} {first.first_name}",
            BookingState.BOOKED in [line.state for line in lines],
            ", ".join(stays),
            ", ".join(self.said(first)),
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
        every = map(Line._make, day_rows.of_all(day))
        lines = [line for line in every if only is None or line.slug in only]
        coming = Counter(line.slug for line in lines if line.state is BookingState.BOOKED)
        return DayList(day, lines, None, coming, {})
    lines = []
    marks: dict[int, list[tuple[HealthKind, str]]] = {}
    for row in day_rows.of_service(day, slug, with_health=with_health):
        line = Line._make(row[: day_rows.LINE])
        # Who has several marks has several rows, one after the other.
        if not lines or lines[-1].child_id != line.child_id:
            lines.append(line)
        if with_health and row.words:
            marks.setdefault(line.child_id, []).append((row.health, row.words))
    return DayList(day, lines, *_beside(day, slug, only), marks)


def _beside(
    day: date, slug: str, only: frozenset[str] | None
) -> tuple[dict[int, list[str]], dict[str, int]]:
    """Read where else those who come to a service are, and how many come to each."""
    services: list[Any] = []
    children: dict[int, list[int]] = {}
    for row in day_rows.beside(day, slug):
        child = row.child_id
        if child is not None:
            children.setdefault(row.id, []).append(child)
        elif only is None or row.slug in only:
            services.append(row)
    beside: dict[int, list[str]] = {}
    services.sort(key=lambda row: (row.position, row.id))
    for row in services:
        stays = _stays(row.short_name or row.name, row.kind, row.ends_at)
        for child in children.get(row.id, ()):
            beside.setdefault(child, []).append(stays)
    return beside, {row.slug: row.coming for row in services}


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


def _order(lines: Sequence[Line]) -> tuple[str | int, ...]:
    first = lines[0]
    return (*first.place, fold(first.last_name), fold(first.first_name), first.child_id)
