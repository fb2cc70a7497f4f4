"""What was done since files of services were read, so that they are not undone.

A day that a family booked by them would be one of no service, without an enrolment, or past a limit
that nobody told: who booked is named, and the town hall decides.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.formats import day_in_full, plural
from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    CalendarSpan,
    Child,
    Enrolment,
    ImportChange,
    ImportRun,
    Service,
    ServiceGroup,
    ServiceLink,
)
from app.services.refusals import Reason, Refusal

SHOWN = 3
BOOKED = (
    "Des jours ont été réservés depuis cet import\u00a0: {}. Ces familles comptent dessus\u00a0: "
    "corrigez à l’écran ce qui ne va pas, plutôt que d’annuler."
)


def check(session: Session, run: ImportRun) -> None:
    """Raise Refusal where days were booked since by what the files said, naming some."""
    found = (
        select(Booking.day, Child.first_name, Child.last_name, Service.name)
        .join(Child, Child.id == Booking.child_id)
        .join(Service, Service.id == Booking.service_id)
        .where(
            Booking.state.in_(HOLDING),
            select(BookingEvent.id)
            .where(
                BookingEvent.booking_id == Booking.id,
                BookingEvent.at > run.settled_at,
                BookingEvent.new.in_(HOLDING),
            )
            .exists(),
            or_(
                Booking.service_id.in_(services(run.id)),
                _is_enrolled(run.id),
                *_of_calendar(session, run.id),
            ),
        )
    )
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if count:
        order = (Booking.day, Child.last_name, Child.first_name, Service.position, Booking.id)
        some = session.execute(found.order_by(*order).limit(SHOWN))
        told = [f"{row[1]} {row[2]}, {row[3]}, {day_in_full(row[0])}" for row in some]
        if count > SHOWN:
            told.append(f"et {plural(count - SHOWN, 'autre')}")
        raise Refusal(Reason.CLOSED, BOOKED.format("\u00a0; ".join(told)))


def services(run_id: int) -> Select[Any]:
    """Select the services of which the files said something: their own lines, groups or links."""
    groups = select(ServiceGroup.service_id).where(
        ServiceGroup.id.in_(_numbers(run_id, ServiceGroup))
    )
    links = _kept(run_id, ServiceLink)
    ends = (
        links.with_only_columns(func.coalesce(*(side[end].as_integer() for side in _SIDES)))
        for end in ("service_id", "other_id")
    )
    return select(Service.id).where(
        or_(
            Service.id.in_(_numbers(run_id, Service)),
            Service.id.in_(groups),
            *(Service.id.in_(each) for each in ends),
        )
    )


_SIDES = (ImportChange.after, ImportChange.before)


def _is_enrolled(run_id: int) -> ColumnElement[bool]:
    return (
        select(Enrolment.id)
        .where(
            Enrolment.id.in_(_numbers(run_id, Enrolment)),
            Enrolment.child_id == Booking.child_id,
            Enrolment.service_id == Booking.service_id,
            Enrolment.first <= Booking.day,
            or_(Enrolment.last.is_(None), Enrolment.last >= Booking.day),
        )
        .exists()
    )


def _of_calendar(session: Session, run_id: int) -> Iterator[ColumnElement[bool]]:
    """Find the days of which the calendar says something else than before, few at a time."""
    spans = select(CalendarSpan.first, CalendarSpan.last).where(
        CalendarSpan.id.in_(_numbers(run_id, CalendarSpan))
    )
    before = _kept(run_id, CalendarSpan).with_only_columns(ImportChange.before)
    days = [(row.first, row.last) for row in session.execute(spans.order_by(CalendarSpan.id))]
    days += [
        (date.fromisoformat(each["first"]), date.fromisoformat(each["last"]))
        for each in session.scalars(before.order_by(ImportChange.id))
        if each
    ]
    for first, last in days:
        yield and_(Booking.day >= first, Booking.day <= last)


def _numbers(run_id: int, of: type[Any]) -> Select[Any]:
    return _kept(run_id, of).with_only_columns(ImportChange.after["id"].as_integer())


def _kept(run_id: int, of: type[Any]) -> Select[Any]:
    return select(ImportChange.id).where(
        ImportChange.run_id == run_id, ImportChange.table_name == of.__tablename__
    )
