"""Places of services that have so many: who may change them waits here for each other.

Always locked in the same order, children first, so that nobody waits for somebody who waits for
them. SQLite lets one write at a time anyway.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    Date,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app import db
from app.models import Booking, BookingState, Child, Place
from app.services.bookings import catalogue
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.grouping import NO_GROUP
from app.services.bookings.judge.worlds import Cell, Room
from app.services.refusals import Reason, Refusal

_OTHER = aliased(Booking)
# Whoever waits is told how many were there before.
_BEFORE = (
    select(func.count(_OTHER.id))
    .where(
        _OTHER.service_id == Booking.service_id,
        _OTHER.group_id == Booking.group_id,
        _OTHER.day == Booking.day,
        _OTHER.state == BookingState.WAITING,
        or_(
            _OTHER.waiting_since < Booking.waiting_since,
            and_(_OTHER.waiting_since == Booking.waiting_since, _OTHER.id < Booking.id),
        ),
    )
    .scalar_subquery()
)
RANK = case((Booking.state == BookingState.WAITING, _BEFORE + 1), else_=0)
_WAITING = (
    select(func.count(func.distinct(Booking.family_id)))
    .where(
        Booking.service_id == Place.service_id,
        Booking.group_id == Place.group_id,
        Booking.day == Place.day,
        Booking.state == BookingState.WAITING,
    )
    .scalar_subquery()
)
_PLACES = (
    select(Place.service_id, Place.group_id, Place.day, Place.taken, _WAITING.label("waiting"))
    .where(Place.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
    .order_by(Place.service_id, Place.group_id, Place.day)
)
# Others may go on to name these children; not to book for them.
_LOCKED = select(Child.id).order_by(Child.id).with_for_update(key_share=True)
GONE = "Rien n’est encore enregistré\u00a0: un service vient de changer. Rouvrez la page."


class At(NamedTuple):
    """A service on a day."""

    service_id: int
    day: date


class Pool(NamedTuple):
    """The places of a group of a service on a day; of group 0, those of who is in none."""

    service_id: int
    group_id: int
    day: date


def pool_of(row: Booking) -> Pool:
    """Name the places that a booking counts in."""
    return Pool(row.service_id, row.group_id, row.day)


def lock(
    session: Session,
    town: Catalogue,
    children: Iterable[int],
    wanted: Iterable[At],
) -> None:
    """Keep everybody else from these children's days, and from these places, until the end."""
    lock_children(session, children)
    lock_places(session, town, wanted)


def lock_cells(session: Session, town: Catalogue, cells: Collection[Cell]) -> None:
    """Keep everybody else from what is about to be done to some days, as `lock` does."""
    lock(
        session,
        town,
        {cell.child for cell in cells},
        [At(cell.service, cell.day) for cell in cells],
    )


def lock_children(session: Session, children: Iterable[int]) -> None:
    """Keep everybody else from these children's days."""
    session.execute(_LOCKED.where(Child.id.in_(sorted(set(children)))))


def lock_all_children(session: Session) -> None:
    """Keep everybody from any day, for what changes on which days anybody may come."""
    session.execute(_LOCKED)


def schools(session: Session, children: Iterable[int]) -> dict[int, str]:
    """Tell who goes where: a day may be closed for one school alone."""
    found = select(Child.id, Child.school).where(Child.id.in_(sorted(children)))
    return dict(session.execute(found).all())


def lock_places(session: Session, town: Catalogue, wanted: Iterable[At]) -> None:
    """Keep everybody else from these places, and from those of what goes along with them.

    Of all their groups: a child’s may be another by now.
    """
    wanted = list(wanted)
    pools = _pools(town, wanted)
    if not pools:
        return
    first, last = min(pool.day for pool in pools), max(pool.day for pool in pools)
    taken = _lock(session, pools)
    # The town may have said another number, or other groups, since whoever calls read it.
    there = catalogue.read(first, last)
    if now := {pool: count for pool, count in _pools(there, wanted).items() if pool not in taken}:
        taken |= _lock(session, now)
    for pool, (capacity, held) in taken.items():
        service = there.services.get(pool.service_id)
        said = service.places(pool.day, pool.group_id) if service else None
        # Nobody loses a place that a town takes away.
        enough = max(held if said is None else said, held)
        if enough != capacity:
            session.execute(_of(pool).values(capacity=enough))


def _pools(town: Catalogue, wanted: Iterable[At]) -> dict[Pool, int]:
    """List the places that have a number, of these and of what goes along, group by group."""
    return {
        Pool(service_id, group, at.day): count
        for at in wanted
        for service_id in bound_with(town, at.service_id)
        for group in (NO_GROUP, *(each.number for each in town.services[service_id].groups))
        if (count := town.services[service_id].places(at.day, group)) is not None
    }


def _lock(session: Session, pools: Mapping[Pool, int]) -> dict[Pool, tuple[int, int]]:
    """Lock them, those that were never booked too; return how many there are and are taken."""
    rows = [pool._asdict() | {"capacity": count} for pool, count in sorted(pools.items())]
    try:
        session.execute(db.insert(Place).on_conflict_do_nothing(), rows)
    except IntegrityError as gone:
        raise Refusal(Reason.OUTDATED, GONE) from gone
    locked = session.execute(
        select(Place.service_id, Place.group_id, Place.day, Place.capacity, Place.taken)
        # With a few that nobody asked for: a year of several groups is too many to name one by one.
        .where(
            Place.service_id.in_(sorted({pool.service_id for pool in pools})),
            Place.day.in_(sorted({pool.day for pool in pools})),
        )
        .order_by(Place.service_id, Place.group_id, Place.day)
        .with_for_update()
    )
    return {Pool(*row[:3]): (row.capacity, row.taken) for row in locked}


def count(session: Session, changes: Counter[Pool], *, turns_out: bool = True) -> None:
    """Write that so many more are taken, or fewer; where there is no number, nothing is counted.

    What the town says is so though there be fewer places: those who turn nobody out add them.
    """
    for pool, change in sorted(changes.items()):
        if change:
            taken = Place.taken + change
            if not turns_out:
                enough = case((Place.capacity < taken, taken), else_=Place.capacity)
                session.execute(_of(pool).values(capacity=enough, taken=taken))
            else:
                session.execute(_of(pool).values(taken=taken))


def bound_with(town: Catalogue, service_id: int) -> set[int]:
    """List what may come or go along with a service, and itself."""
    found: set[int] = set()
    to_see = {service_id}
    while to_see:
        seen = to_see.pop()
        found.add(seen)
        to_see |= (town.links.brought_by(seen) | town.links.bringing(seen)) - found
    return found & town.services.keys()


def _of(pool: Pool) -> Update:
    return (
        update(Place)
        .where(
            Place.service_id == pool.service_id,
            Place.group_id == pool.group_id,
            Place.day == pool.day,
        )
        .execution_options(synchronize_session=False)
    )


def rooms(
    town: Catalogue,
    groups: Mapping[tuple[int, int], int],
    days: Sequence[date],
    held: Mapping[Cell, int],
) -> dict[Cell, Room]:
    """Tell each cell of a service that has so many places what is left of them.

    `groups` says in which group each child is, by child and service; `held`, in which one that has
    a place by now.
    """
    found = db.rows(_PLACES, first=days[0], last=days[-1])
    taken = {Pool(row.service_id, row.group_id, row.day): row for row in found}
    left = {}
    for (child, number), usual in groups.items():
        service = town.services[number]
        if not service.is_counted:
            continue
        for day in days:
            cell = Cell(child, number, day)
            group = held.get(cell, usual)
            there = service.places(day, group)
            if there is None:
                continue
            row = taken.get(Pool(number, group, day))
            left[cell] = Room(max(0, there - row.taken), row.waiting) if row else Room(there)
    return left
