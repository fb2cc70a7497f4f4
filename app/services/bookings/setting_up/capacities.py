"""How many places there are, told again of each day to come when a service has more or fewer."""

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import HOLDING, Booking, Place, Service, ServiceDay
from app.services.bookings.places import EVERYBODY


def recount(session: Session, service: Service) -> None:
    """Count the places of its days to come anew, in the caller's transaction.

    A day on which more come than there are places from now on keeps them all.
    """
    coming = (Place.service_id == service.id) & (Place.day >= today())
    # Whoever books meanwhile waits, or is waited for.
    rows = session.scalars(select(Place).where(coming).order_by(Place.day).with_for_update())
    places = {each.day: each for each in rows}
    if service.capacity is None:
        session.execute(delete(Place).where(coming))
        return
    special = _of_single_days(session, service.id)
    taken = _taken(session, service.id)
    for day in sorted({*places, *taken}):
        count = taken.get(day, 0)
        capacity = max(special.get(day, service.capacity), count)
        if day in places:
            places[day].capacity, places[day].taken = capacity, count
        else:
            row = {"service_id": service.id, "group_id": EVERYBODY, "day": day}
            session.execute(
                db.insert(Place)
                .values(row | {"capacity": capacity, "taken": count})
                .on_conflict_do_nothing()
            )


def _of_single_days(session: Session, service_id: int) -> dict[date, int]:
    found = session.execute(
        select(ServiceDay.day, ServiceDay.capacity).where(
            ServiceDay.service_id == service_id, ServiceDay.capacity.is_not(None)
        )
    )
    return {day: capacity for day, capacity in found if capacity is not None}


def _taken(session: Session, service_id: int) -> dict[date, int]:
    found = session.execute(
        select(Booking.day, func.count().label("taken"))
        .where(Booking.service_id == service_id, Booking.day >= today(), Booking.state.in_(HOLDING))
        .group_by(Booking.day)
    )
    return {row.day: row.taken for row in found}
