"""What closing services on a day takes away, and what comes back when they are open again.

A meal is not had without what it brings, and what came with a meal alone is not had without it.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    DayState,
    Service,
    ServiceDay,
    ServiceLink,
)
from app.services.bookings.links import Link, Links

# Whoever has a place, or waits for one.
LIVE = frozenset({*HOLDING, BookingState.WAITING})


def bound(session: Session, services: Iterable[Service]) -> list[Service]:
    """Add what is not had without these, in the order of pages."""
    links = _links(session)
    numbers = {each.id for each in services}
    numbers |= {bringing for each in numbers for bringing in links.bringing(each)}
    found = select(Service).where(Service.id.in_(numbers), Service.archived_at.is_(None))
    return list(session.scalars(found.order_by(Service.position, Service.id)))


def going(session: Session, day: date, services: Iterable[Service]) -> list[Booking]:
    """List what is booked of them, what is not had without them, and what came with that alone."""
    links = _links(session)
    closed = {each.id for each in bound(session, services)}
    live = session.scalars(
        select(Booking)
        .where(Booking.day == day, Booking.state.in_(LIVE))
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    there = {(each.child_id, each.service_id) for each in live}
    gone = {(each.child_id, each.service_id) for each in live if each.service_id in closed}
    while more := {
        (each.child_id, each.service_id)
        for each in live
        if each.origin is BookingOrigin.LINKED
        and (each.child_id, each.service_id) not in gone
        and _lost_all(each, links, there, gone)
    }:
        gone |= more
    return [each for each in live if (each.child_id, each.service_id) in gone]


def _lost_all(
    booking: Booking, links: Links, there: set[tuple[int, int]], gone: set[tuple[int, int]]
) -> bool:
    bringing = {(booking.child_id, each) for each in links.bringing(booking.service_id)} & there
    return bool(bringing) and bringing <= gone


def coming_back(session: Session, day: date) -> dict[Booking, BookingState]:
    """Find what closings took away of what is open by now, with all that it brings."""
    links = _links(session)
    closed = set(
        session.scalars(
            select(ServiceDay.service_id).where(
                ServiceDay.day == day, ServiceDay.state == DayState.CLOSED
            )
        )
    )
    booked = session.scalars(
        select(Booking)
        .where(Booking.day == day, Booking.state.in_({*LIVE, BookingState.CLOSED}))
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    back = [
        each
        for each in booked
        if not closed & {each.service_id, *links.brought_by(each.service_id)}
    ]
    # What came with a meal alone comes back with it.
    there = {(each.child_id, each.service_id) for each in back}
    before = _before(session, booked)
    return {
        each: before[each.id]
        for each in back
        if each.state is BookingState.CLOSED
        and each.id in before
        and not (each.origin is BookingOrigin.LINKED and _has_none(each, links, there))
    }


def _has_none(booking: Booking, links: Links, there: set[tuple[int, int]]) -> bool:
    bringing = links.bringing(booking.service_id)
    return bool(bringing) and not any((booking.child_id, each) in there for each in bringing)


def _before(session: Session, booked: Iterable[Booking]) -> dict[int, BookingState]:
    """Tell how each stood before its last closing."""
    events = session.scalars(
        select(BookingEvent)
        .where(
            BookingEvent.booking_id.in_(
                [each.id for each in booked if each.state is BookingState.CLOSED]
            ),
            BookingEvent.kind == BookingEventKind.CLOSED,
        )
        .order_by(BookingEvent.id)
    )
    return {each.booking_id: each.old for each in events if each.old is not None}


def _links(session: Session) -> Links:
    rows = session.execute(
        select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
            ServiceLink.service_id, ServiceLink.other_id
        )
    )
    return Links(tuple(Link(*row) for row in rows))
