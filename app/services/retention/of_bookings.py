"""How long what was booked is kept, and what families were reminded of."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from app.models import (
    AbsenceProof,
    Attendance,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingRefusal,
    CustodyDay,
    CustodyProposal,
    Enrolment,
    Feed,
    HealthMark,
    MealOrder,
    Place,
    QuietWeek,
    Quotient,
    ReminderSent,
)
from app.services.retention.rules import A_MONTH, TWO_MONTHS, TWO_YEARS, Rule, day_of


def _over(limit: datetime) -> ColumnElement[bool]:
    """Select bookings whose day is over by then."""
    return Booking.day < day_of(limit)


def _booking_events(limit: datetime) -> ColumnElement[bool]:
    return BookingEvent.booking_id.in_(select(Booking.id).where(_over(limit)))


def _proofs(limit: datetime) -> ColumnElement[bool]:
    """Select those of what was saved, and goes."""
    return AbsenceProof.batch_id.in_(select(BookingBatch.id).where(_booking_batches(limit)))


def _booking_batches(limit: datetime) -> ColumnElement[bool]:
    """Select what was saved by then, but for days that are still told."""
    still_told = (
        select(BookingEvent.id)
        .join(Booking, Booking.id == BookingEvent.booking_id)
        .where(BookingEvent.batch_id == BookingBatch.id, ~_over(limit))
    )
    refused = select(BookingRefusal.id).where(
        BookingRefusal.batch_id == BookingBatch.id, BookingRefusal.day >= day_of(limit)
    )
    return (BookingBatch.at < limit) & ~still_told.exists() & ~refused.exists()


RULES = (
    Rule(
        "proposition de semaines de garde",
        "propositions de semaines de garde",
        CustodyProposal,
        A_MONTH,
        lambda limit: CustodyProposal.proposed_at < limit,
    ),
    Rule(
        "jour laissé à un autre foyer",
        "jours laissés à un autre foyer",
        CustodyDay,
        TWO_YEARS,
        lambda limit: CustodyDay.day < day_of(limit),
    ),
    Rule(
        "fichier d’un justificatif d’absence",
        "fichiers des justificatifs d’absence",
        AbsenceProof,
        TWO_MONTHS,
        lambda limit: (AbsenceProof.judged_at < limit) & (AbsenceProof.file != ""),
        emptied=lambda now: {"file": "", "title": "", "erased_at": now},
    ),
    Rule(
        "justificatif d’absence",
        "justificatifs d’absence",
        AbsenceProof,
        TWO_YEARS,
        _proofs,
    ),
    # What was done to a booking goes before it, as it names it.
    Rule(
        "suite d’une réservation",
        "suites des réservations",
        BookingEvent,
        TWO_YEARS,
        _booking_events,
    ),
    Rule(
        "jour refusé",
        "jours refusés",
        BookingRefusal,
        TWO_YEARS,
        lambda limit: BookingRefusal.day < day_of(limit),
    ),
    Rule("réservation", "réservations", Booking, TWO_YEARS, _over),
    Rule(
        "envoi de réservations", "envois de réservations", BookingBatch, TWO_YEARS, _booking_batches
    ),
    Rule(
        "compte de places",
        "comptes de places",
        Place,
        TWO_YEARS,
        lambda limit: Place.day < day_of(limit),
    ),
    Rule(
        "inscription à un service",
        "inscriptions aux services",
        Enrolment,
        TWO_YEARS,
        lambda limit: Enrolment.last < day_of(limit),
    ),
    Rule(
        "quotient familial",
        "quotients familiaux",
        Quotient,
        TWO_YEARS,
        lambda limit: Quotient.last < day_of(limit),
    ),
    Rule(
        "rappel d’une semaine à réserver",
        "rappels de semaines à réserver",
        ReminderSent,
        A_MONTH,
        lambda limit: ReminderSent.monday < day_of(limit),
    ),
    Rule(
        "adresse d’agenda retirée",
        "adresses d’agenda retirées",
        Feed,
        A_MONTH,
        lambda limit: Feed.ended_at < limit,
    ),
    Rule(
        "semaine sans rappel",
        "semaines sans rappel",
        QuietWeek,
        A_MONTH,
        lambda limit: QuietWeek.monday < day_of(limit),
    ),
    Rule(
        "commande de repas",
        "commandes de repas",
        MealOrder,
        TWO_YEARS,
        lambda limit: MealOrder.day < day_of(limit),
    ),
    Rule(
        "présence",
        "présences",
        Attendance,
        TWO_YEARS,
        lambda limit: Attendance.day < day_of(limit),
    ),
    Rule(
        "mention de santé",
        "mentions de santé",
        HealthMark,
        timedelta(),
        lambda limit: HealthMark.until < day_of(limit),
    ),
)
