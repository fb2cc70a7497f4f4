"""In which group of each service children are, whichever family booked; and moving between them.

A booking says in whose places it counts. When its child, or the town, says another group, its days
to come move there, with their places, under the locks of whoever books.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import (
    HOLDING,
    Booking,
    BookingState,
    Child,
    Enrolment,
)
from app.services.bookings import catalogue, places, waiting
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.grouping import NO_GROUP
from app.services.bookings.places import At, Pool
from app.services.bookings.waiting import Found

# What is closed comes back in a place; what is given back has none to count.
COUNTED = (*HOLDING, BookingState.WAITING, BookingState.CLOSED)


# Children that are looked at together; days that are moved in one transaction.
LOOKED_AT, AT_ONCE = 200, 1_000
_NEXT = select(Child.id).where(Child.id > bindparam("seen")).order_by(Child.id).limit(LOOKED_AT)
_COLUMNS = (
    Booking.id,
    Booking.child_id,
    Booking.service_id,
    Booking.family_id,
    Booking.day,
    Booking.state,
    Booking.group_id,
)


class Stray(NamedTuple):
    """A day of a child that counts where the child is no more."""

    child: int
    day: date


class Moved(NamedTuple):
    """How many days count elsewhere by now, and who has a place by that."""

    days: int = 0
    found: Found = Found()


class _Elsewhere(NamedTuple):
    """A booking, and the group of its child by now."""

    id: int
    child_id: int
    day: date
    state: BookingState
    group_id: int
    now: int


class _Said(NamedTuple):
    """From when to when an enrolment says a group."""

    first: date
    last: date | None
    group: int

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Groups:
    """What says in which group some children are."""

    town: Catalogue
    # School and class, by child.
    children: Mapping[int, tuple[str, str]]
    # By child, service and family.
    said: Mapping[tuple[int, int, int], list[_Said]]

    def of(self, child: int, service: int, family: int, day: date) -> int:
        """Find the group of a child that a family books for."""
        told = self.said.get((child, service, family), ())
        return self._group_of(
            child, service, next((each.group for each in told if each.covers(day)), None)
        )

    def usual(self, child: int, service: int) -> int:
        """Find the one that its school and its class say."""
        return self._group_of(child, service, None)

    def _group_of(self, child: int, service: int, chosen: int | None) -> int:
        found = self.town.services.get(service)
        if found is None or not found.groups:
            return NO_GROUP
        return found.group_of(*self.children[child], chosen)


def read(session: Session, town: Catalogue, children: Collection[int]) -> Groups:
    """Read what says so; nothing where no service has groups."""
    grouped = [number for number, service in town.services.items() if service.groups]
    if not grouped:
        return Groups(town, {}, {})
    whose = select(Child.id, Child.school, Child.class_name).where(Child.id.in_(sorted(children)))
    enrolled = (
        select(
            Enrolment.child_id,
            Enrolment.service_id,
            Enrolment.family_id,
            Enrolment.first,
            Enrolment.last,
            Enrolment.group_id,
        )
        .where(
            Enrolment.child_id.in_(sorted(children)),
            Enrolment.service_id.in_(grouped),
            Enrolment.group_id.is_not(None),
        )
        .order_by(Enrolment.id)
    )
    said: dict[tuple[int, int, int], list[_Said]] = {}
    for child, service, family, first, last, group in session.execute(enrolled):
        if group is not None:
            said.setdefault((child, service, family), []).append(_Said(first, last, group))
    known = {row.id: (row.school, row.class_name) for row in session.execute(whose)}
    return Groups(town, known, said)


def to_move(service_id: int) -> Iterator[tuple[list[Stray], int]]:
    """List the days to come on which a child is elsewhere by now, some at a time, holding nobody.

    With how many children were looked at, in their order.
    """
    session = db.session()
    first, last = _both_ends(session, service_id)
    if first is None or last is None:
        return
    town = catalogue.read(first, last)
    seen = 0
    while children := session.scalars(_NEXT, {"seen": seen}).all():
        seen = children[-1]
        among = _may_be_elsewhere(read(session, town, children), service_id, children)
        rows = session.execute(_days(service_id, among))
        found = [Stray(each.child_id, each.day) for each in _elsewhere(session, town, rows.all())]
        for start in range(0, len(found), AT_ONCE):
            yield found[start : start + AT_ONCE], 0
        yield [], len(children)


def move(session: Session, service_id: int, strays: Collection[Stray]) -> Moved:
    """Have these days count where their child is by now, as others do of the same ones.

    Nobody loses a place: a group that gets more than it holds has more that day. What came free
    goes to those who wait there; whoever calls tells them.
    """
    days = sorted({each.day for each in strays})
    if not days:
        return Moved()
    town = catalogue.read(days[0], days[-1])
    children = {each.child for each in strays}
    places.lock(session, town, children, [At(service_id, day) for day in days])
    among = Booking.child_id.in_(sorted(children)) & Booking.day.in_(days)
    # The town may have said other groups since.
    town = catalogue.read(days[0], days[-1])
    rows = _elsewhere(session, town, session.execute(_days(service_id, among)).all())
    counted: Counter[Pool] = Counter()
    numbers: dict[int, list[int]] = {}
    for each in rows:
        numbers.setdefault(each.now, []).append(each.id)
        if each.state in HOLDING:
            counted[Pool(service_id, each.group_id, each.day)] -= 1
            counted[Pool(service_id, each.now, each.day)] += 1
    for group, theirs in numbers.items():
        session.execute(
            update(Booking)
            .where(Booking.id.in_(theirs))
            .values(group_id=group)
            .execution_options(synchronize_session=False)
        )
    places.count(session, counted, turns_out=False)
    freed = {At(service_id, pool.day) for pool, change in counted.items() if change < 0}
    return Moved(len(rows), waiting.found_by(waiting.serve(session, town, freed)))


def move_child(session: Session, service_id: int, child: int) -> Moved:
    """Do so for all that a child has to come; it is held by now."""
    session.flush()
    rows = session.execute(_days(service_id, Booking.child_id == child))
    return move(session, service_id, [Stray(child, row.day) for row in rows])


def _both_ends(session: Session, service_id: int) -> tuple[date | None, date | None]:
    """Find the first and the last day to come, each at the end of an index."""
    days = select(Booking.day).where(Booking.service_id == service_id, Booking.day >= today())
    first = session.scalar(days.order_by(Booking.day).limit(1))
    return first, session.scalar(days.order_by(Booking.day.desc()).limit(1))


def _may_be_elsewhere(
    groups: Groups, service_id: int, children: Sequence[int]
) -> ColumnElement[bool]:
    """Select the days that do not count where school and class say; all, where more is said."""
    told = {child for child, service, _ in groups.said if service == service_id}
    usual: dict[int, list[int]] = {}
    for child in children:
        if child not in told:
            usual.setdefault(groups.usual(child, service_id), []).append(child)
    return or_(
        Booking.child_id.in_(sorted(told)),
        *(
            Booking.child_id.in_(theirs) & (Booking.group_id != group)
            for group, theirs in sorted(usual.items())
        ),
    )


def _elsewhere(session: Session, town: Catalogue, rows: Sequence[Row[Any]]) -> list[_Elsewhere]:
    """Keep those that count in another group than their child's."""
    groups = read(session, town, {row.child_id for row in rows})
    told = (
        _Elsewhere(
            row.id,
            row.child_id,
            row.day,
            row.state,
            row.group_id,
            groups.of(row.child_id, row.service_id, row.family_id, row.day),
        )
        for row in rows
    )
    return [each for each in told if each.now != each.group_id]


def _days(service_id: int, among: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .where(
            Booking.service_id == service_id,
            Booking.day >= today(),
            Booking.state.in_(COUNTED),
            among,
        )
        .order_by(Booking.child_id, Booking.day)
    )
