"""What is told of bookings: by mail, in the journal, and in the history of each."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.models import Booking, BookingBatch, BookingEvent, BookingEventKind, BookingState
from app.services import journal
from app.services.actors import PORTAL, Actor
from app.services.mail import notices


class Told(NamedTuple):
    """What its history says of that; `batch_id` where several days were one act."""

    kind: BookingEventKind
    sentence: str
    at: datetime
    batch_id: int | None = None


def turn(session: Session, row: Booking, state: BookingState, told: Told) -> None:
    """Have a booking become another thing without its family's doing, with its line of history.

    Whoever calls counts its place.
    """
    session.add(
        BookingEvent(
            booking_id=row.id,
            family_id=row.family_id,
            old=row.state,
            new=state,
            **told._asdict(),
        )
    )
    row.state = state
    row.version += 1


def saved(session: Session, by: Actor, batch: BookingBatch, late: int = 0) -> None:
    """Tell whoever saved how many days, so many of them past their limit; none of them by name.

    A family is told what the town hall saved for it.
    """
    counts = {
        "added": batch.added,
        "late": late,
        "removed": batch.removed,
        "waiting": batch.waiting,
        "absent": batch.absent,
    }
    told = {name: str(number) for name, number in counts.items() if number}
    if batch.account_id is None:
        notices.tell_family_of_bookings(session, batch.family_id, batch=batch.public_id, **told)
        journal.record_of_family(session, "bookings_saved_for_family", by, batch.family_id, **told)
    else:
        notices.tell_of_bookings(session, batch.account_id, batch=batch.public_id, **told)
        journal.record(session, "bookings_saved", by, None, **told)


def place_offered(session: Session, family_id: int) -> None:
    """Tell a family that a place is kept for it for a time, whoever of them waited."""
    notices.tell_of_offer(session, family_id)
    journal.record_of_family(session, "place_offered", PORTAL, family_id)


def offer_lapsed(session: Session, family_id: int) -> None:
    """Note that nobody of a family answered."""
    journal.record_of_family(session, "offer_lapsed", PORTAL, family_id)


def place_found(session: Session, family_id: int) -> None:
    """Tell a family that a place came free, whoever of them waited."""
    notices.tell_of_place(session, family_id)
    journal.record_of_family(session, "place_found", PORTAL, family_id)
