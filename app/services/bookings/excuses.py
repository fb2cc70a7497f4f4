"""The days on which a child did not come, and which a paper excuses: nothing is due for them."""

from datetime import date

from sqlalchemy import Date, bindparam, select

from app import db
from app.booking_kinds import BookingState, ProofVerdict
from app.models import AbsenceProof, Booking, BookingEvent, Service
from app.services.bookings.judge.worlds import Cell

_EXCUSED = (
    select(Booking.child_id, Booking.service_id, Booking.day)
    .select_from(AbsenceProof)
    .join(BookingEvent, BookingEvent.batch_id == AbsenceProof.batch_id)
    .join(
        Booking,
        (Booking.id == BookingEvent.booking_id) & (Booking.child_id == AbsenceProof.child_id),
    )
    .join(Service, Service.id == Booking.service_id)
    .where(
        AbsenceProof.verdict == ProofVerdict.ACCEPTED,
        BookingEvent.new == BookingState.ABSENT,
        # Of what was declared at once, a paper counts for the services that ask one.
        Service.proof_hours.is_not(None),
        Booking.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
    )
)


def days(first: date, last: date) -> frozenset[Cell]:
    """List those between two days, of all families: one statement, and few have any."""
    return frozenset(Cell(*row) for row in db.rows(_EXCUSED, first=first, last=last))
