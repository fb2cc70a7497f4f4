"""Places of services that have so many: who may change them waits here for each other.

Always locked in the same order, children first, so that nobody waits for somebody who waits for
them. SQLite lets one write at a time anyway.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, Update, bindparam, case, func, select, tuple_, update
from sqlalchemy.orm import Session

from app import db
from app.models import Booking, BookingState, Child, Place
from app.services.bookings import catalogue
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.worlds import Cell, Room

# All the children: what a part of them has for itself would have a number of its own.
EVERYBODY = 0

_WAITING = (
    select(func.count(func.distinct(Booking.family_id)))
    .where(
        Booking.service_id == Place.service_id,
        Booking.day == Place.day,
        Booking.state == BookingState.WAITING,
    )
    .scalar_subquery()
)
_PLACES = (
    select(Place.service_id, Place.day, Place.taken, _WAITING.label("waiting"))
    .where(Place.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
    .order_by(Place.service_id, Place.day)
)


class At(NamedTuple):
    """A service on a day."""

    service_id: int
    day: date


def lock(
    session: Session,
    town: Catalogue,
    children: Iterable[int],
    wanted: Iterable[At],
) -> None:
    """Keep everybody else from these children's days, and from these places, until the end."""
    lock_children(session, children)
    lock_places(session, town, wanted)


def lock_children(session: Session, children: Iterable[int]) -> None:
    """Keep everybody else from these children's days."""
    session.execute(
        select(Child.id)
        .where(Child.id.in_(sorted(set(children))))
        .order_by(Child.id)
        # Others may go on to name these children; not to book for them.
        .with_for_update(key_share=True)
    )


def lock_places(session: Session, town: Catalogue, wanted: Iterable[At]) -> None:
    """Keep everybody else from these places, and from those of what goes along with them."""
    every = {
        At(service_id, at.day): places
        for at in wanted
        for service_id in bound_with(town, at.service_id)
        if (places := town.services[service_id].places(at.day)) is not None
    }
    if not every:
        return
    rows = [
        {"service_id": at.service_id, "group_id": EVERYBODY, "day": at.day, "capacity": places}
        for at, places in sorted(every.items())
    ]
    session.execute(db.insert(Place).on_conflict_do_nothing(), rows)
    locked = session.execute(
        select(Place.service_id, Place.day, Place.capacity, Place.taken)
        .where(
            tuple_(Place.service_id, Place.day).in_([tuple(at) for at in every]),
            Place.group_id == EVERYBODY,
        )
        .order_by(Place.service_id, Place.group_id, Place.day)
        .with_for_update()
    ).all()
    # The town may have said another number since whoever calls read it.
    days = [at.day for at in every]
    there = catalogue.read(min(days), max(days)).services
    for service_id, day, capacity, taken in locked:
        said = there[service_id].places(day) if service_id in there else None
        # Nobody loses a place that a town takes away.
        now = max(taken if said is None else said, taken)
        if now != capacity:
            session.execute(_of(At(service_id, day)).values(capacity=now))


def count(session: Session, changes: Counter[At], *, turns_out: bool = True) -> None:
    """Write that so many more are taken, or fewer; where there is no number, nothing is counted.

    What the town says is so though there be fewer places: those who turn nobody out add them.
    """
    for at, change in sorted(changes.items()):
        if change:
            taken = Place.taken + change
            if not turns_out:
                enough = case((Place.capacity < taken, taken), else_=Place.capacity)
                session.execute(_of(at).values(capacity=enough, taken=taken))
            else:
                session.execute(_of(at).values(taken=taken))


def bound_with(town: Catalogue, service_id: int) -> set[int]:
    """List what may come or go along with a service, and itself."""
    found: set[int] = set()
    to_see = {service_id}
    while to_see:
        seen = to_see.pop()
        found.add(seen)
        to_see |= (town.links.brought_by(seen) | town.links.bringing(seen)) - found
    return found & town.services.keys()


def _of(at: At) -> Update:
    return (
        update(Place)
        .where(
            Place.service_id == at.service_id,
            Place.group_id == EVERYBODY,
            Place.day == at.day,
        )
        .execution_options(synchronize_session=False)
    )


def rooms(town: Catalogue, children: Collection[int], days: Sequence[date]) -> dict[Cell, Room]:
    """Tell each cell of a service that has so many places what is left of them."""
    found = db.rows(_PLACES, first=days[0], last=days[-1])
    taken = {At(row.service_id, row.day): row for row in found}
    left = {}
    for service in town.services.values():
        for day in days:
            there = service.places(day)
            if there is None:
                continue
            row = taken.get(At(service.id, day))
            room = Room(max(0, there - row.taken), row.waiting) if row else Room(there)
            left.update({Cell(child, service.id, day): room for child in children})
    return left
