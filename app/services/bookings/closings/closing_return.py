"""What comes back when days that were closed are open again.

As what closing takes away: no meal without what it brings, nor what came with a meal alone.
"""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    DayState,
    ServiceDay,
)
from app.services.bookings.closings.closing_extent import LIVE, Stands, booked, links_of
from app.services.bookings.judge.links import Links
from app.services.bookings.judge.worlds import Cell


def coming_back(
    session: Session, days: Sequence[date], children: Collection[int]
) -> dict[Stands, BookingState]:
    """Find what closings took from these children of what is open by now, with all it brings."""
    links = links_of(session)
    closed = _closed(session, days)
    theirs = Booking.child_id.in_(sorted(children))
    there_were = booked(session, days, {*LIVE, BookingState.CLOSED}, theirs)
    back = [
        each
        for each in there_were
        if not any(
            (service, each.day, whose) in closed
            for service in (each.service_id, *links.brought_by(each.service_id))
            for whose in ("", each.school)
        )
    ]
    # No meal comes back without what it brings, which its family may have given back meanwhile.
    there = {each.cell for each in back}
    back = [each for each in back if _has_all(each.cell, links, there)]
    # What came with a meal alone comes back with it.
    there = {each.cell for each in back}
    before = _before(session, [each.id for each in back])
    return {
        each: before[each.id]
        for each in back
        if each.state is BookingState.CLOSED
        and each.id in before
        and not (each.origin is BookingOrigin.LINKED and _has_none(each.cell, links, there))
    }


def _closed(session: Session, days: Sequence[date]) -> set[tuple[int, date, str]]:
    found = session.execute(
        select(ServiceDay.service_id, ServiceDay.day, ServiceDay.school).where(
            ServiceDay.day.in_(days), ServiceDay.state == DayState.CLOSED
        )
    )
    return {(service_id, day, school) for service_id, day, school in found}


def _has_all(cell: Cell, links: Links, there: Collection[Cell]) -> bool:
    """Tell whether all that a day brings is there."""
    brought = links.brought_by(cell.service)
    return all(cell._replace(service=service) in there for service in brought)


def _has_none(cell: Cell, links: Links, there: set[Cell]) -> bool:
    bringing = {cell._replace(service=each) for each in links.bringing(cell.service)}
    return bool(bringing) and not bringing & there


def _before(session: Session, bookings: Sequence[int]) -> dict[int, BookingState]:
    """Tell how what is closed stood before its last closing."""
    events = session.execute(
        select(BookingEvent.booking_id, BookingEvent.old)
        .where(
            BookingEvent.booking_id.in_(bookings),
            BookingEvent.kind == BookingEventKind.CLOSED,
        )
        .order_by(BookingEvent.id)
    )
    # Nobody kept a place meanwhile: who was offered one waits, at the same rank.
    return {
        booking: BookingState.WAITING if old is BookingState.OFFERED else old
        for booking, old in events
        if old is not None
    }
