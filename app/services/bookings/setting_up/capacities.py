"""How many places there are, told again of each day to come when a service has more or fewer."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import HOLDING, Booking, Place, Service, ServiceDay, ServiceGroup
from app.services.bookings.judge.grouping import NO_GROUP


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
    usual = {NO_GROUP: service.capacity} | _of_groups(session, service.id)
    special = _of_single_days(session, service.id)
    taken = _taken(session, service.id)
    for group, day in sorted({*places, *taken}):
        if held is not None and day not in held:
            continue
        there = special.get(day, usual[NO_GROUP]) if not group else usual.get(group)
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
    usual = {NO_GROUP: service.capacity} | _of_groups(session, service.id)
    special = _of_single_days(session, service.id)
    taken = _taken(session, service.id)
    days = set()
    for group, day in {*kept, *taken}:
        there = special.get(day, usual[NO_GROUP]) if not group else usual.get(group)
        count = taken.get((group, day), 0)
        said = None if there is None else (max(there, count), count)
        if kept.get((group, day)) != said:
            days.add(day)
    return days


def _of_groups(session: Session, service_id: int) -> dict[int, int | None]:
    found = session.execute(
        select(ServiceGroup.id, ServiceGroup.capacity).where(ServiceGroup.service_id == service_id)
    )
    return {row.id: row.capacity for row in found}


def _of_single_days(session: Session, service_id: int) -> dict[date, int]:
    found = session.execute(
        select(ServiceDay.day, ServiceDay.capacity).where(
            ServiceDay.service_id == service_id, ServiceDay.capacity.is_not(None)
        )
    )
    return {day: capacity for day, capacity in found if capacity is not None}


def _taken(session: Session, service_id: int) -> dict[tuple[int, date], int]:
    found = session.execute(
        select(Booking.group_id, Booking.day, func.count().label("taken"))
        .where(Booking.service_id == service_id, Booking.day >= today(), Booking.state.in_(HOLDING))
        .group_by(Booking.group_id, Booking.day)
    )
    return {(row.group_id, row.day): row.taken for row in found}
