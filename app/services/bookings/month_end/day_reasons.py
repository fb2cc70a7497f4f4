"""Why a child did not come, for the town's invoice: what closed it, or what the family said."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Date, bindparam, select

from app import db
from app.calendar.months import both_ends
from app.models import (
    Booking,
    BookingBatch,
    BookingEvent,
    BookingState,
    DayState,
    ServiceDay,
)
from app.services.bookings.judge.billing_codes import Code
from app.services.bookings.month_end.month_codes import Coded
from app.services.bookings.words import ABSENCE_REASONS

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_CLOSED = select(ServiceDay.service_id, ServiceDay.day, ServiceDay.school, ServiceDay.reason).where(
    ServiceDay.state == DayState.CLOSED, ServiceDay.day.between(_FIRST, _LAST)
)
_DECLARED = (
    select(Booking.child_id, Booking.service_id, Booking.day, BookingBatch.absence_reason)
    .join(BookingEvent, BookingEvent.booking_id == Booking.id)
    .join(BookingBatch, BookingBatch.id == BookingEvent.batch_id)
    .where(
        Booking.day.between(_FIRST, _LAST),
        Booking.state == BookingState.ABSENT,
        BookingEvent.new == BookingState.ABSENT,
        BookingBatch.absence_reason.is_not(None),
    )
    # The last declaration counts.
    .order_by(BookingEvent.id)
)
_ABSENT = frozenset({Code.ABSENT_DUE, Code.ABSENT_FREE})


def of_month(month: date) -> Callable[[Coded], str]:
    """Read them; what was neither closed nor declared has none."""
    first, last = both_ends(month)
    closed = {
        (service_id, day, school): reason
        for service_id, day, school, reason in db.rows(_CLOSED, first=first, last=last)
    }
    declared = {
        (child_id, service_id, day): ABSENCE_REASONS[reason]
        for child_id, service_id, day, reason in db.rows(_DECLARED, first=first, last=last)
        if reason
    }

    def reason(day: Coded) -> str:
        of = day.of
        if day.code in _ABSENT:
            return declared.get((of.child_id, of.service_id, of.day), "")
        if day.code is not Code.CLOSED_FREE:
            return ""
        of_all = closed.get((of.service_id, of.day, ""), "")
        return closed.get((of.service_id, of.day, of.school)) or of_all

    return reason
