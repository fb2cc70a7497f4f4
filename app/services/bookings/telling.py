"""What is told of bookings: a mail that leads there, and a line of the journal."""

from sqlalchemy.orm import Session

from app.models import BookingBatch
from app.services import journal
from app.services.actors import PORTAL, CurrentAccount
from app.services.mail import notices


def saved(session: Session, account: CurrentAccount, batch: BookingBatch) -> None:
    """Tell whoever saved how many days, none of them by name."""
    counts = {
        "added": batch.added,
        "removed": batch.removed,
        "waiting": batch.waiting,
        "absent": batch.absent,
    }
    told = {name: str(number) for name, number in counts.items() if number}
    notices.tell_of_bookings(session, account.account_id, batch=batch.public_id, **told)
    journal.record(session, "bookings_saved", account, None, **told)


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
