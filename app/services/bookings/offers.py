"""A place that came free is kept for who waits, until they answer or it is too late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.db import UtcDateTime
from app.formats import town_zone
from app.models import FAMILY, Booking, BookingEventKind, BookingState
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge import spoken
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.telling import Told, turn
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind

# A day: whoever reads their mails in the evening has one to answer on.
KEPT_FOR = timedelta(hours=24)
ONE_MINUTE = timedelta(minutes=1)
# The first end of those that a family may answer, to be put in other statements.
KEPT_UNTIL = (
    select(func.min(Booking.offer_until))
    .where(
        Booking.family_id == FAMILY,
        Booking.state == BookingState.OFFERED,
        Booking.offer_until > bindparam("now", type_=UtcDateTime),
    )
    .scalar_subquery()
)
OFFERED = "Une place s’est libérée\u00a0: elle vous est gardée jusqu’au {}."


def ends(town: Catalogue, group: Sequence[Cell], now: datetime) -> datetime:
    """Tell until when a place is kept, with what comes along: never past the limit to book."""
    services = [town.bookable[cell.service] for cell in group]
    until = limit_of_all([(each.book, each.agenda) for each in services], group[0].day)
    minute = now.replace(second=0, microsecond=0) + ONE_MINUTE
    return min(minute + KEPT_FOR, until)


def keep(session: Session, rows: Sequence[Booking], until: datetime, now: datetime) -> None:
    """Keep places for a child until it is answered; whoever calls counts those that are new."""
    for row in rows:
        # Two meals may bring the same midday: it is kept for as long as the later one.
        row.offer_until = max(until, row.offer_until or until)
        said = OFFERED.format(spoken.limit(row.offer_until, town_zone()))
        turn(session, row, BookingState.OFFERED, Told(BookingEventKind.OFFERED, said, now))
    session.flush()
    queue.enqueue_once(session, JobKind.OFFERS, f"{until:%Y-%m-%dT%H:%M}", until)
