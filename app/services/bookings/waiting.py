"""Places that come free go to those who wait: first come, first served, in the same transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Date, bindparam, select, tuple_
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    Child,
    Place,
    Waiting,
)
from app.services.bookings import catalogue, places, telling
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.limits import limit
from app.services.bookings.places import At
from app.services.bookings.worlds import Cell

FOUND = "Une place s’est libérée\u00a0: elle est à vous."


_AWAITED = (
    select(Booking.day)
    .distinct()
    .where(
        Booking.service_id == bindparam("service_id"),
        Booking.state == BookingState.WAITING,
        Booking.day >= bindparam("today", type_=Date),
    )
    .order_by(Booking.day)
)


_WITH_WAITING = (
    select(Booking.service_id)
    .distinct()
    .where(Booking.state == BookingState.WAITING, Booking.day >= bindparam("today", type_=Date))
    .order_by(Booking.service_id)
)


def share_out_all() -> None:
    """Give to those who wait what any service has more of than it had."""
    for (service_id,) in db.rows(_WITH_WAITING, today=today()):
        share_out(service_id)


def share_out(service_id: int) -> None:
    """Give to those who wait what a service has more of than it had."""
    with db.transaction() as session:
        asked = {"service_id": service_id, "today": today()}
        days = session.scalars(_AWAITED, asked).all()
        if days:
            town = catalogue.read(days[0], days[-1])
            awaited = [At(service_id, day) for day in days]
            places.lock_places(session, town, awaited)
            promote(session, town, awaited)


def promote(session: Session, town: Catalogue, freed: Collection[At]) -> list[Booking]:
    """Give to those who wait what is free on these days; whoever calls has locked the places.

    What a child waits for comes with all that goes along with it, or not at all. Once it is too
    late to book, nobody is given what they no longer count on.
    """
    concerned = {
        At(service_id, at.day)
        for at in freed
        for service_id in places.bound_with(town, at.service_id)
    }
    if not any(town.services[at.service_id].waiting is Waiting.AUTOMATIC for at in concerned):
        return []
    now = datetime.now(UTC)
    free = _free(session, concerned)
    waiting = _waiting(session, concerned)
    children = {cell.child for cell in waiting}
    held, schools = _held(session, concerned, children), _schools(session, children)
    given: list[Booking] = []
    for cell, row in list(waiting.items()):
        group = [each for each in _with_all(town, cell) if each not in held]
        # What comes along waits with what brings it; and some towns give places by hand.
        is_given = town.services[cell.service].waiting is Waiting.AUTOMATIC
        is_root = is_given and row.origin is not BookingOrigin.LINKED
        is_whole = is_root and all(each in waiting for each in group)
        school = schools[cell.child]
        if is_whole and _may_have(town, group, school, free, now):
            held.update(group)
            free.subtract(at for each in group if (at := At(each.service, each.day)) in free)
            given += [waiting.pop(each) for each in group]
    _give(session, given, now)
    return given


def _free(session: Session, concerned: Iterable[At]) -> Counter[At]:
    """Count what is left; services without a number of places are not there."""
    left = select(Place.service_id, Place.day, Place.capacity - Place.taken).where(
        tuple_(Place.service_id, Place.day).in_([tuple(at) for at in concerned])
    )
    return Counter({At(service_id, day): count for service_id, day, count in session.execute(left)})


def _waiting(session: Session, concerned: Iterable[At]) -> dict[Cell, Booking]:
    """List those who wait for one of these, who came first at the head."""
    found = session.scalars(
        select(Booking)
        .where(
            tuple_(Booking.service_id, Booking.day).in_([tuple(at) for at in concerned]),
            Booking.state == BookingState.WAITING,
        )
        .order_by(Booking.waiting_since, Booking.id)
    )
    return {Cell(each.child_id, each.service_id, each.day): each for each in found}


def _held(session: Session, concerned: Iterable[At], children: Iterable[int]) -> set[Cell]:
    """List what those who wait have already, of what may come along."""
    found = session.execute(
        select(Booking.child_id, Booking.service_id, Booking.day).where(
            Booking.child_id.in_(sorted(children)),
            tuple_(Booking.service_id, Booking.day).in_([tuple(at) for at in concerned]),
            Booking.state.in_(HOLDING),
        )
    )
    return {Cell(*row) for row in found}


def _schools(session: Session, children: Iterable[int]) -> dict[int, str]:
    """Tell who goes where: a day may be closed for one school alone."""
    found = select(Child.id, Child.school).where(Child.id.in_(sorted(children)))
    return dict(session.execute(found).all())


def _with_all(town: Catalogue, cell: Cell) -> list[Cell]:
    brought = sorted(town.links.brought_by(cell.service))
    return [cell, *(cell._replace(service=service) for service in brought)]


def _may_have(
    town: Catalogue, group: Sequence[Cell], school: str, free: Mapping[At, int], now: datetime
) -> bool:
    return all(
        free.get(At(each.service, each.day), 1) > 0 and _is_in_time(town, each, school, now)
        for each in group
    )


def _is_in_time(town: Catalogue, cell: Cell, school: str, now: datetime) -> bool:
    service = town.bookable[cell.service]
    is_served = town.is_served(cell.service, cell.day, school)
    return is_served and limit(service.book, cell.day, service.agenda) > now


def _give(session: Session, given: Sequence[Booking], now: datetime) -> None:
    for row in given:
        row.state, row.waiting_since = BookingState.BOOKED, None
        row.version += 1
        session.add(
            BookingEvent(
                booking_id=row.id,
                family_id=row.family_id,
                at=now,
                kind=BookingEventKind.PROMOTED,
                old=BookingState.WAITING,
                new=BookingState.BOOKED,
                sentence=FOUND,
            )
        )
    places.count(session, Counter(At(each.service_id, each.day) for each in given))
    for family_id in sorted({each.family_id for each in given}):
        telling.place_found(session, family_id)
