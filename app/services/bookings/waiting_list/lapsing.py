"""A place that was offered, and that nobody answered about in time, goes to the next."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Booking, BookingEventKind, BookingState
from app.services.bookings import catalogue, places, telling, waiting
from app.services.bookings.places import At
from app.services.bookings.telling import Told, turn
from app.services.jobs.running import Task

LAPSED = "Vous n’avez pas répondu à temps\u00a0: la place est proposée à la famille suivante."


def lapse_due(_task: Task) -> None:
    """Take back what nobody answered in time, as the job of its minute."""
    lapse()


def lapse() -> int:
    """Take back what nobody answered in time, and give it to the next; return how many."""
    now = datetime.now(UTC)
    over = select(Booking).where(Booking.state == BookingState.OFFERED, Booking.offer_until <= now)
    with db.transaction() as session:
        found = session.scalars(over.order_by(Booking.id)).all()
        if not found:
            return 0
        days = sorted({each.day for each in found})
        town = catalogue.read(days[0], days[-1])
        freed = [At(each.service_id, each.day) for each in found]
        places.lock(session, town, {each.child_id for each in found}, freed)
        # Somebody may have answered at the last moment.
        again = over.order_by(Booking.id).execution_options(populate_existing=True)
        lapsed = session.scalars(again).all()
        for row in lapsed:
            _take_back(session, row, now)
        session.flush()
        freed = [At(each.service_id, each.day) for each in lapsed]
        held = Counter(map(places.pool_of, lapsed))
        places.count(session, Counter({pool: -count for pool, count in held.items()}))
        for family_id in sorted({each.family_id for each in lapsed}):
            telling.offer_lapsed(session, family_id)
        waiting.promote(session, town, freed)
    return len(lapsed)


def _take_back(session: Session, row: Booking, now: datetime) -> None:
    row.waiting_since, row.offer_until = None, None
    turn(session, row, BookingState.CANCELLED, Told(BookingEventKind.LAPSED, LAPSED, now))
