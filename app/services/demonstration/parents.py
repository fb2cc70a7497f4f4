"""Parents of the demonstration who do something, at an hour that has passed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select

from app import db
from app.models import Account, Booking, BookingBatch, BookingEvent, Closing, Guardian, JournalEntry
from app.services.actors import CurrentAccount

_WHO = (
    select(
        Account.id.label("account_id"),
        Guardian.id.label("guardian_id"),
        Guardian.family_id,
        Account.identifier,
        Guardian.first_name,
        Guardian.last_name,
    )
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Account.identifier == bindparam("identifier"))
)


def account_of(identifier: str) -> CurrentAccount:
    """Stand in for a parent, who is on no device."""
    [who] = db.rows(_WHO, identifier=identifier)
    return CurrentAccount(0, *who, last_seen_at=datetime.now(UTC))


@contextmanager
def at_that_hour(at: datetime) -> Iterator[None]:
    """Let what is booked meanwhile, or closed, have happened then."""
    begun = datetime.now(UTC)
    with db.transaction() as session:
        entry = session.scalar(select(func.max(JournalEntry.id))) or 0
        batch = session.scalar(select(func.max(BookingBatch.id))) or 0
        event = session.scalar(select(func.max(BookingEvent.id))) or 0
        closing = session.scalar(select(func.max(Closing.id))) or 0
    yield
    with db.transaction() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.id > entry))
        batches = session.scalars(select(BookingBatch).where(BookingBatch.id > batch))
        events = session.scalars(select(BookingEvent).where(BookingEvent.id > event))
        closings = session.scalars(select(Closing).where(Closing.id > closing))
        for written in (*entries, *batches, *events, *closings):
            written.at = at
        for booking in session.scalars(select(Booking).where(Booking.waiting_since >= begun)):
            booking.waiting_since = at
