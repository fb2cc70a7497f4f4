"""What closing services on some days takes away, and what comes back when they are open again.

A meal is not had without what it brings, and what came with a meal alone is not had without it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    Child,
    DayState,
    Service,
    ServiceDay,
    ServiceLink,
)
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.worlds import Cell

# Whoever has a place, or waits for one.
LIVE = frozenset({*HOLDING, BookingState.WAITING})


class Stands(NamedTuple):
    """A booking of a closed day, as far as a closing asks: a week has thousands of them."""

    id: int
    child_id: int
    service_id: int
    group_id: int
    day: date
    family_id: int
    state: BookingState
    origin: BookingOrigin
    school: str

    @property
    def cell(self) -> Cell:
        """Name it."""
        return Cell(self.child_id, self.service_id, self.day)


class Extent(NamedTuple):
    """Which services on which days; without services all of them, without schools for all."""

    days: tuple[date, ...]
    slugs: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()


def bound(session: Session, services: Iterable[Service]) -> list[Service]:
    """Add what is not had without these, in the order of pages."""
    links = _links(session)
    numbers = {each.id for each in services}
    numbers |= {bringing for each in numbers for bringing in links.bringing(each)}
    found = select(Service).where(Service.id.in_(numbers), Service.archived_at.is_(None))
    return list(session.scalars(found.order_by(Service.position, Service.id)))


def going(session: Session, extent: Extent, services: Iterable[Service]) -> list[Stands]:
    """List what is booked of them, what is not had without them, and what came with that alone."""
    links = _links(session)
    closed = {each.id for each in bound(session, services)}
    concerned = Child.school.in_(extent.schools) if extent.schools else true()
    live = {each.cell: each for each in _booked(session, extent.days, LIVE, concerned)}
    gone = {cell for cell in live if cell.service in closed}
    while more := {
        cell
        for cell, each in live.items()
        if each.origin is BookingOrigin.LINKED
        and cell not in gone
        and _lost_all(cell, links, live.keys(), gone)
    }:
        gone |= more
    return [each for cell, each in live.items() if cell in gone]


def coming_back(session: Session, days: Sequence[date]) -> dict[Stands, BookingState]:
    """Find what closings took away of what is open by now, with all that it brings."""
    links = _links(session)
    closed = _closed(session, days)
    booked = _booked(session, days, {*LIVE, BookingState.CLOSED}, true())
    back = [
        each
        for each in booked
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
    before = _before(session, days)
    return {
        each: before[each.id]
        for each in back
        if each.state is BookingState.CLOSED
        and each.id in before
        and not (each.origin is BookingOrigin.LINKED and _has_none(each.cell, links, there))
    }


def _booked(
    session: Session,
    days: Sequence[date],
    states: Collection[BookingState],
    concerned: ColumnElement[bool],
) -> list[Stands]:
    """Read what stands on these days, each with the school of its child."""
    found = session.execute(
        select(
            Booking.id,
            Booking.child_id,
            Booking.service_id,
            Booking.group_id,
            Booking.day,
            Booking.family_id,
            Booking.state,
            Booking.origin,
            Child.school,
        )
        .join(Child, Child.id == Booking.child_id)
        .where(Booking.day.in_(days), Booking.state.in_(states), concerned)
        .order_by(Booking.id)
    )
    return [Stands(*row) for row in found]


def _closed(session: Session, days: Sequence[date]) -> set[tuple[int, date, str]]:
    found = session.execute(
        select(ServiceDay.service_id, ServiceDay.day, ServiceDay.school).where(
            ServiceDay.day.in_(days), ServiceDay.state == DayState.CLOSED
        )
    )
    return {(service_id, day, school) for service_id, day, school in found}


def _bringing(cell: Cell, links: Links) -> set[Cell]:
    return {cell._replace(service=each) for each in links.bringing(cell.service)}


def _lost_all(cell: Cell, links: Links, there: Collection[Cell], gone: set[Cell]) -> bool:
    bringing = {each for each in _bringing(cell, links) if each in there}
    return bool(bringing) and bringing <= gone


def _has_all(cell: Cell, links: Links, there: Collection[Cell]) -> bool:
    """Tell whether all that a day brings is there."""
    brought = links.brought_by(cell.service)
    return all(cell._replace(service=service) in there for service in brought)


def _has_none(cell: Cell, links: Links, there: set[Cell]) -> bool:
    bringing = _bringing(cell, links)
    return bool(bringing) and not bringing & there


def _before(session: Session, days: Sequence[date]) -> dict[int, BookingState]:
    """Tell how what is closed on these days stood before its last closing."""
    events = session.execute(
        select(BookingEvent.booking_id, BookingEvent.old)
        .join(Booking, Booking.id == BookingEvent.booking_id)
        .where(
            Booking.day.in_(days),
            Booking.state == BookingState.CLOSED,
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


def _links(session: Session) -> Links:
    rows = session.execute(
        select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
            ServiceLink.service_id, ServiceLink.other_id
        )
    )
    return Links(tuple(Link(*row) for row in rows))
