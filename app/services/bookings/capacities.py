"""How many places there are, told again of each day to come when a service has more or fewer."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import HOLDING, Booking, Place, Service, ServiceDay, ServiceGroup

MOST_PLACES = 100_000
_BOOKED_DAYS = (
    select(Booking.day)
    .distinct()
    .where(
        Booking.service_id == bindparam("service_id"),
        Booking.day >= bindparam("today", type_=Date),
    )
    .order_by(Booking.day)
)


def tell_again(session: Session, service: Service) -> None:
    """Have the days to come that are counted have the places that the town says by now.

    As many as come are counted already, in the caller's transaction; what is said of no number
    any more is counted no more.
    """
    rows = session.scalars(
        select(Place)
        .where(Place.service_id == service.id, Place.day >= today())
        .order_by(Place.group_id, Place.day)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    said = _Said.read(session, service)
    for place in rows:
        there = said.of(place.group_id, place.day)
        if there is None:
            session.delete(place)
        else:
            place.capacity = max(there, place.taken)
    session.flush()


def recount(session: Session, service: Service, held: Collection[date] | None = None) -> None:
    """Count the places of its days to come anew, group by group, in the caller's transaction.

    A day on which more come than there are places from now on keeps them all. Of `held` alone,
    where the caller has locked these days: more would be locked out of their order.
    """
    coming = (Place.service_id == service.id) & (Place.day >= today())
    if held is not None:
        coming &= Place.day.in_(sorted(held))
    # Whoever books meanwhile waits, or is waited for.
    rows = session.scalars(
        select(Place)
        .where(coming)
        .order_by(Place.group_id, Place.day)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    places = {(each.group_id, each.day): each for each in rows}
    said = _Said.read(session, service)
    taken = _taken(session, service.id, held)
    for group, day in sorted({*places, *taken}):
        there = said.of(group, day)
        count = taken.get((group, day), 0)
        place = places.get((group, day))
        if there is None:
            if place is not None:
                session.delete(place)
        elif place is not None:
            place.capacity, place.taken = max(there, count), count
        else:
            row = {"service_id": service.id, "group_id": group, "day": day}
            session.execute(
                db.insert(Place)
                .values(row | {"capacity": max(there, count), "taken": count})
                .on_conflict_do_nothing()
            )


def wrong(session: Session, service: Service) -> set[date]:
    """List the days to come that `recount` would count otherwise, keeping nobody from them."""
    coming = (Place.service_id == service.id) & (Place.day >= today())
    columns = select(Place.group_id, Place.day, Place.capacity, Place.taken).where(coming)
    found = session.execute(columns.order_by(Place.group_id, Place.day))
    kept = {(row.group_id, row.day): (row.capacity, row.taken) for row in found}
    said = _Said.read(session, service)
    taken = _taken(session, service.id)
    days = set()
    for group, day in {*kept, *taken}:
        there = said.of(group, day)
        count = taken.get((group, day), 0)
        if kept.get((group, day)) != (None if there is None else (max(there, count), count)):
            days.add(day)
    return days


class _Said(NamedTuple):
    """How many places the town says that there are."""

    of_service: int | None
    of_groups: Mapping[int, int]
    of_days: Mapping[date, int]

    @classmethod
    def read(cls, session: Session, service: Service) -> "_Said":
        groups = session.execute(
            select(ServiceGroup.id, ServiceGroup.capacity).where(
                ServiceGroup.service_id == service.id
            )
        )
        days = session.execute(
            select(ServiceDay.day, ServiceDay.capacity).where(
                ServiceDay.service_id == service.id, ServiceDay.capacity.is_not(None)
            )
        )
        return cls(
            service.capacity,
            {row.id: row.capacity for row in groups},
            {day: count for day, count in days if count is not None},
        )

    def of(self, group: int, day: date) -> int | None:
        """Return those of a group on a day; None for as many as come."""
        return self.of_groups.get(group) if group else self.of_days.get(day, self.of_service)


def _taken(
    session: Session, service_id: int, some: Collection[date] | None = None
) -> dict[tuple[int, date], int]:
    # Day by day all of it stands in one index.
    days = session.scalars(_BOOKED_DAYS, {"service_id": service_id, "today": today()}).all()
    found = session.execute(
        select(Booking.group_id, Booking.day, func.count().label("taken"))
        .where(
            Booking.service_id == service_id,
            Booking.day.in_([day for day in days if some is None or day in some]),
            Booking.state.in_(HOLDING),
        )
        .group_by(Booking.group_id, Booking.day)
    )
    return {(row.group_id, row.day): row.taken for row in found}
