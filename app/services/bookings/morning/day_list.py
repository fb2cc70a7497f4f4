"""Who comes on a day: what the canteen and the garderie hold in their hands in the morning."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.formats import fold
from app.models import AttendanceState, BookingState, HealthKind, Service, ServiceKind
from app.services.bookings import words
from app.services.bookings.judge import spoken
from app.services.bookings.morning import day_heads, day_rows, noted, roll
from app.services.bookings.morning.day_rows import Counted, OfService
from app.services.bookings.morning.roll import BOOKED
from app.services.families import health
from app.services.refusals import Reason, Refusal

# At noon everybody leaves for somewhere else; of these, somebody comes to fetch the child.
FETCHED = frozenset({ServiceKind.GARDERIE, ServiceKind.LEISURE, ServiceKind.OTHER})

# Of the columns of a row, so many are of a child; which of them says who it is.
OF_CHILD, CHILD = 11, 6

_SERVICES = select(Service.slug, Service.name).order_by(Service.position, Service.id)


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
    def is_usual(self) -> bool:
        """Tell that there is nothing to say of it, as of most: it is booked, nobody noted it."""
        return self.state is BOOKED and not self.is_late and self.seen is None

    @property
    def noted(self) -> str:
        """Write là à 11 h 40, parti à 17 h 10; nothing for whom nobody noted."""
        if self.seen is None:
            return ""
        return ", ".join(noted.said(self.seen, self.arrived_at, self.left_at))

    @property
    def remark(self) -> str:
        """Say what is not as usual."""
        if self.state is not BOOKED:
            return words.STATES[self.state]
        return "Hors délai" if self.is_late else ""

    @property
    def stays(self) -> str:
        """Name the service; until when, where somebody comes for the child."""
        return _stays(self.short_name or self.service, self.kind, self.ends_at)


@dataclass(frozen=True, slots=True)
class DayList:
    """The children of a day, by service, school and class."""

    day: date
    lines: list[Line]
    # On the list of one service, the others that each of its children comes to.
    beside: Mapping[int, str] | None
    # How many come to each service, whichever was asked, by its slug.
    coming_to: Mapping[str, int]
    # What the health of a child asks, by its number; nothing for whoever is not to know.
    health: Mapping[int, Sequence[tuple[HealthKind, str]]]

    def heads(self) -> list[day_heads.Heads]:
        """Count them, for whoever cooks."""
        return day_heads.of(self.lines)

    def coming(self) -> int:
        """Count the children who come to anything of what was asked."""
        return len({line.child_id for line in self.lines if line.state is BOOKED})

    def needs(self) -> list[tuple[str, int]]:
        """Count what the health of those who come asks, as whoever cooks reads it."""
        sick = {
            line.child_id
            for line in self.lines
            if line.child_id in self.health and line.state is BOOKED
        }
        told = [health.say(*each) for child in sorted(sick) for each in self.health[child]]
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        # Most say the same: words are folded once each.
        for said, count in Counter(told).items():
            counts[first.setdefault(fold(said), said)] += count
        return sorted(counts.items())

    def schools(self) -> list[roll.School]:
        """List the children, once each, as a paper names them."""
        return roll.of(self)

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
        coming = Counter(line.slug for line in lines if line.state is BOOKED)
        return DayList(day, lines, None, coming, {})
    services = day_rows.services(day)
    asked = next((each.service for each in services if each.service.slug == slug), None)
    lines, marks = _of_service(day, asked, with_health=with_health) if asked else ([], {})
    told = [each for each in services if only is None or each.service.slug in only]
    coming_to = {each.service.slug: len(each.children) for each in told}
    others = [each for each in told if each.service.slug != slug]
    return DayList(day, lines, _beside(lines, others), coming_to, marks)


def _of_service(
    day: date, service: OfService, *, with_health: bool
) -> tuple[list[Line], dict[int, list[tuple[HealthKind, str]]]]:
    lines: dict[int, Line] = {}
    marks: dict[int, list[tuple[HealthKind, str]]] = {}
    for row in day_rows.of_service(day, service.slug, with_health=with_health):
        child, kind, said = row[CHILD], row[OF_CHILD], row[OF_CHILD + 1]
        # Who has several marks has several rows.
        if child not in lines:
            lines[child] = Line._make(service + row[:OF_CHILD])
        if said:
            marks.setdefault(child, []).append((kind, said))
    return roll.by_class(lines.values()), {child: sorted(each) for child, each in marks.items()}


def _beside(lines: Iterable[Line], others: Iterable[Counted]) -> dict[int, str]:
    """Tell where else those who come to a service are."""
    asked = {str(line.child_id): line.child_id for line in lines}
    found: dict[int, str] = {}
    for service, children in others:
        name = _stays(service.short_name or service.name, service.kind, service.ends_at)
        for number in asked.keys() & children:
            child = asked[number]
            found[child] = f"{found[child]}, {name}" if child in found else name
    return found


def _stays(name: str, kind: ServiceKind, ends_at: int | None) -> str:
    if ends_at is None or kind not in FETCHED:
        return name
    return f"{name} (jusqu’à {spoken.hour(ends_at)})"
