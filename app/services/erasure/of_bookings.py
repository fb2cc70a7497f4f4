"""What goes of where a family's children were to be."""

from sqlalchemy import Select, func, select

from app.models import (
    HOLDING,
    AbsenceProof,
    Account,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingRefusal,
    Custody,
    CustodyDay,
    CustodyProposal,
    Enrolment,
    Feed,
    Guardian,
    Place,
    QuietWeek,
    Quotient,
    ReminderSent,
    TypicalDay,
)
from app.services.erasure.steps import Emptied, Gone, Step


def proof_files(family_id: int) -> Select[str]:
    """Select the papers that say why a child did not come."""
    return (
        select(AbsenceProof.file)
        .join(BookingBatch, BookingBatch.id == AbsenceProof.batch_id)
        .where(BookingBatch.family_id == family_id)
    )


def steps(family_id: int) -> tuple[Step, ...]:
    """Say what to do, in order: the places that they held are free from then on."""
    guardians = select(Guardian.id).where(Guardian.family_id == family_id)
    accounts = select(Account.id).where(Account.guardian_id.in_(guardians))
    bookings = select(Booking.id).where(Booking.family_id == family_id)
    batches = select(BookingBatch.id).where(BookingBatch.family_id == family_id)
    holding = (
        (Booking.family_id == family_id)
        & (Booking.service_id == Place.service_id)
        & (Booking.group_id == Place.group_id)
        & (Booking.day == Place.day)
        & Booking.state.in_(HOLDING)
    )
    held = select(func.count()).select_from(Booking).where(holding).correlate(Place)
    return (
        Emptied(
            Place,
            select(1).select_from(Booking).where(holding).correlate(Place).exists(),
            {"taken": Place.taken - held.scalar_subquery()},
        ),
        # The other home of a child may have had the day before.
        Gone(
            BookingEvent,
            (BookingEvent.family_id == family_id) | BookingEvent.booking_id.in_(bookings),
        ),
        Gone(BookingRefusal, BookingRefusal.family_id == family_id),
        Gone(AbsenceProof, AbsenceProof.batch_id.in_(batches)),
        Gone(Booking, Booking.family_id == family_id),
        Gone(BookingBatch, BookingBatch.family_id == family_id),
        Gone(Enrolment, Enrolment.family_id == family_id),
        Gone(QuietWeek, QuietWeek.family_id == family_id),
        Gone(Feed, Feed.account_id.in_(accounts)),
        Gone(ReminderSent, ReminderSent.account_id.in_(accounts)),
        Gone(TypicalDay, TypicalDay.family_id == family_id),
        Gone(Custody, Custody.family_id == family_id),
        Gone(CustodyDay, CustodyDay.family_id == family_id),
        Gone(CustodyProposal, CustodyProposal.family_id == family_id),
        Gone(Quotient, Quotient.family_id == family_id),
    )
