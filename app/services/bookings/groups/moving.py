"""In which group of each service children are, whichever family booked; and moving between them.

A booking says in whose places it counts. When its child, or the town, says another group, its days
to come move there, with their places, under the locks of whoever books.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import (
    HOLDING,
    Booking,
    BookingState,
    Child,
    Enrolment,
    Place,
    Service,
    ServiceGroup,
)
from app.services.bookings import catalogue, places, waiting
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.grouping import NO_GROUP
from app.services.bookings.places import At
from app.services.bookings.setting_up import capacities

# What is closed comes back in a place; what is given back has none to count.
COUNTED = (*HOLDING, BookingState.WAITING, BookingState.CLOSED)


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
        found = self.town.services.get(service)
        if found is None or not found.groups:
            return NO_GROUP
        told = self.said.get((child, service, family), ())
        chosen = next((each.group for each in told if each.covers(day)), None)
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


def regroup(session: Session, service: Service, some: Collection[date] | None = None) -> int:
    """Have each day to come, or some, count where its child is by now; return how many moved.

    Nobody loses a place: a group that gets more than it holds has more that day. What came free
    goes to those who wait there. A day that somebody books for the first time meanwhile is not
    locked: it follows the next time.
    """
    session.flush()
    coming = _coming(service.id)
    if some is not None:
        coming = coming.where(Booking.day.in_(sorted(some)))
    rows = session.scalars(coming).all()
    counted = select(Place.day).where(Place.service_id == service.id, Place.day >= today())
    days = sorted(some or {row.day for row in rows} | set(session.scalars(counted)))
    if not days:
        return 0
    town = catalogue.read(days[0], days[-1])
    ats = [At(service.id, day) for day in days]
    places.lock(session, town, {row.child_id for row in rows}, ats)
    locked = coming.where(Booking.day.in_(days)).execution_options(populate_existing=True)
    rows = session.scalars(locked).all()
    groups = read(session, town, {row.child_id for row in rows})
    moved = 0
    for row in rows:
        group = groups.of(row.child_id, row.service_id, row.family_id, row.day)
        moved += group != row.group_id
        row.group_id = group
    session.flush()
    capacities.recount(session, service, days)
    session.flush()
    waiting.promote(session, town, ats)
    return moved


def regroup_all() -> int:
    """Do so for each service that has groups: children changed of school, or of class.

    A day at a time, and only where something is to be done: whoever books waits for one of them.
    """
    grouped = (
        select(Service)
        .where(Service.id.in_(select(ServiceGroup.service_id)), Service.archived_at.is_(None))
        .order_by(Service.id)
    )
    moved = 0
    for service in db.session().scalars(grouped).all():
        for day in _to_see_to(db.session(), service):
            with db.transaction() as session:
                moved += regroup(session, session.get_one(Service, service.id), [day])
            db.make_way()
    return moved


def _to_see_to(session: Session, service: Service) -> list[date]:
    """List the days to come on which a child is elsewhere by now, or a count is not so."""
    wrong = capacities.wrong(session, service)
    stand = (
        select(Booking.child_id, Booking.family_id, Booking.day, Booking.group_id)
        .where(*_is_coming(service.id))
        .order_by(Booking.id)
    )
    rows = session.execute(stand).all()
    if rows:
        days = [row.day for row in rows]
        town = catalogue.read(min(days), max(days))
        groups = read(session, town, {row.child_id for row in rows})
        wrong |= {
            row.day
            for row in rows
            if groups.of(row.child_id, service.id, row.family_id, row.day) != row.group_id
        }
    return sorted(wrong)


def _coming(service_id: int) -> Select[Booking]:
    return select(Booking).where(*_is_coming(service_id)).order_by(Booking.id)


def _is_coming(service_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Booking.service_id == service_id,
        Booking.day >= today(),
        Booking.state.in_(COUNTED),
    )
