"""What closing services on some days takes away, and what comes back when they are open again.

A meal is not had without what it brings, and what came with a meal alone is not had without it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Exists,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from app.booking_kinds import LinkKind
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
    ServiceKind,
    ServiceLink,
)
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.worlds import COMING, Cell

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


class Counts(NamedTuple):
    """How much a closing takes away."""

    bookings: int
    children: int
    families: int
    # What would have been eaten.
    meals: int

    def plus(self, more: "Counts") -> "Counts":
        """Add what was counted of others."""
        return Counts(*(one + other for one, other in zip(self, more, strict=True)))


NOTHING = Counts(0, 0, 0, 0)

# Whether a booking is of what is closed; the row of its child is beside it in the statement.
Closed = Callable[[Any], ColumnElement[bool]]


def bound(session: Session, services: Iterable[Service]) -> list[Service]:
    """Add what is not had without these, in the order of pages."""
    links = links_of(session)
    numbers = {each.id for each in services}
    numbers |= {bringing for each in numbers for bringing in links.bringing(each)}
    found = select(Service).where(Service.id.in_(numbers), Service.archived_at.is_(None))
    return list(session.scalars(found.order_by(Service.position, Service.id)))


def going(
    session: Session, days: Sequence[date], closed: Closed, children: Collection[int]
) -> list[Stands]:
    """List what these children have of what is closed, of what is not had without it, and of what
    came with that alone.
    """
    gone = _gone(Booking, closed, links_of(session))
    return booked(session, days, LIVE, gone & Booking.child_id.in_(sorted(children)))


def count(session: Session, days: Sequence[date], closed: Closed) -> Counts:
    """Count what closing takes away, without listing it: a great town has a million of them."""
    eaten = and_(Booking.service_id.in_(sorted(canteens(session))), Booking.state.in_(COMING))
    found = session.execute(
        select(
            func.count(),
            func.count(func.distinct(Booking.child_id)),
            func.count(func.distinct(Booking.family_id)),
            func.coalesce(func.sum(case((eaten, 1), else_=0)), 0),
        )
        .select_from(Booking)
        .join(Child, Child.id == Booking.child_id)
        .where(
            Booking.day.in_(days),
            Booking.state.in_(LIVE),
            _gone(Booking, closed, links_of(session)),
        )
    )
    return Counts(*found.one())


def canteens(session: Session) -> frozenset[int]:
    """List where children eat."""
    found = select(Service.id).where(Service.kind == ServiceKind.CANTEEN)
    return frozenset(session.scalars(found))


def of_extent(extent: Extent, services: Iterable[Service]) -> Closed:
    """Tell what these services are closed of, for some schools or all; `bound` with them."""
    numbers = sorted(each.id for each in services)
    of_school = Child.school.in_(extent.schools) if extent.schools else true()
    return lambda row: and_(row.service_id.in_(numbers), of_school)


def of_act(session: Session, closing_id: int) -> Closed:
    """Tell what an act keeps closed, of all that it closed."""
    links = links_of(session)
    marks = select(ServiceDay.service_id).where(ServiceDay.closing_id == closing_id).distinct()
    marked = sorted(session.scalars(marks))

    def closed(row: Any) -> ColumnElement[bool]:
        # A service is not had without what it brings.
        without = or_(
            *(
                and_(
                    ServiceDay.service_id == each,
                    row.service_id.in_(sorted({each} | links.bringing(each))),
                )
                for each in marked
            )
        )
        return (
            exists()
            .where(
                ServiceDay.closing_id == closing_id,
                ServiceDay.state == DayState.CLOSED,
                ServiceDay.day == row.day,
                or_(ServiceDay.school == "", ServiceDay.school == Child.school),
                without,
            )
            .correlate_except(ServiceDay)
        )

    return closed


def families_of(session: Session, closing_id: int, since: datetime) -> frozenset[int]:
    """List who lost something by an act that began then, of what it still keeps closed."""
    days = select(ServiceDay.day).where(ServiceDay.closing_id == closing_id)
    lost = and_(
        Booking.day.in_(days),
        Booking.state == BookingState.CLOSED,
        of_act(session, closing_id)(Booking),
    )
    return _families(session, lost, BookingEventKind.CLOSED, since)


def families_back(session: Session, days: Sequence[date], since: datetime) -> frozenset[int]:
    """List who has something of these days again since then."""
    return _families(session, Booking.day.in_(days), BookingEventKind.REOPENED, since)


def _families(
    session: Session,
    which: ColumnElement[bool],
    kind: BookingEventKind,
    since: datetime,
) -> frozenset[int]:
    happened = exists().where(
        BookingEvent.booking_id == Booking.id, BookingEvent.kind == kind, BookingEvent.at >= since
    )
    found = (
        select(Booking.family_id)
        .distinct()
        .join(Child, Child.id == Booking.child_id)
        .where(which, happened)
    )
    return frozenset(session.scalars(found))


def _gone(row: Any, closed: Closed, links: Links) -> ColumnElement[bool]:
    """Tell whether a booking goes, by itself or with all that brought it."""
    brought = sorted({link.other for link in links.said if link.kind is LinkKind.BRINGS})
    return or_(closed(row), *(_lost_all(row, each, closed, links) for each in brought))


def _lost_all(row: Any, service: int, closed: Closed, links: Links) -> ColumnElement[bool]:
    """Tell whether what came along of a service has nothing left that brings it."""
    bringing = links.bringing(service)
    left, there = aliased(Booking), aliased(Booking)
    deeper = [each for each in sorted(bringing) if links.bringing(each)]
    goes = or_(closed(left), *(_lost_all(left, each, closed, links) for each in deeper))
    return and_(
        row.service_id == service,
        row.origin == BookingOrigin.LINKED,
        _has(row, there, bringing).correlate_except(there),
        ~_has(row, left, bringing).where(~goes).correlate_except(left),
    )


def _has(row: Any, other: Any, services: Collection[int]) -> Exists:
    """Tell whether the child has one of these services that day."""
    return exists().where(
        other.child_id == row.child_id,
        other.day == row.day,
        other.service_id.in_(sorted(services)),
        other.state.in_(LIVE),
    )


def booked(
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


def links_of(session: Session) -> Links:
    rows = session.execute(
        select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
            ServiceLink.service_id, ServiceLink.other_id
        )
    )
    return Links(tuple(Link(*row) for row in rows))
