"""Bookings move when a day is closed or opened again: to what, and what that comes to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import insert, literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.db import UtcDateTime
from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingState,
    Place,
)
from app.services.bookings.closings.closing_days import in_words
from app.services.bookings.closings.closing_extent import NOTHING, Counts, Stands
from app.services.bookings.places import Pool

# A statement names so many: databases take some more.
AT_ONCE = 1_000
OF_EVENT = ("booking_id", "family_id", "at", "kind", "old", "new", "sentence")


@dataclass(frozen=True, slots=True)
class Changed:
    """What a closing takes away, or a reopening gives back."""

    days: tuple[date, ...]
    services: tuple[str, ...]
    schools: tuple[str, ...]
    counts: Counts = NOTHING
    # The act that closed them, or that nothing is left of.
    closing_id: int | None = None
    public_id: str = ""
    # False while the background goes on with the children that are left, and tells families then.
    is_over: bool = True
    # When the message to families leaves; None when there is none.
    due_at: datetime | None = None

    @property
    def words(self) -> str:
        """Say what and when."""
        schools = f" ({', '.join(self.schools)})" if self.schools else ""
        return f"{', '.join(self.services)}, {in_words(self.days).removeprefix('le ')}{schools}"

    @property
    def bookings(self) -> int:
        """Count them."""
        return self.counts.bookings

    @property
    def meals(self) -> int:
        """Count what would have been eaten."""
        return self.counts.meals

    @property
    def children(self) -> int:
        """Count whose they are."""
        return self.counts.children

    @property
    def families(self) -> int:
        """Count who booked them."""
        return self.counts.families


def move(session: Session, moving: Mapping[Stands, BookingState], sentence: str) -> None:
    """Have bookings stand otherwise, with their line of history, and count their places."""
    change: Counter[Pool] = Counter()
    numbers: dict[BookingState, list[int]] = {}
    for each, state in moving.items():
        pool = Pool(each.service_id, each.group_id, each.day)
        change[pool] += (state in HOLDING) - (each.state in HOLDING)
        numbers.setdefault(state, []).append(each.id)
    now = datetime.now(UTC)
    for state, theirs in numbers.items():
        for start in range(0, len(theirs), AT_ONCE):
            _turn(session, theirs[start : start + AT_ONCE], state, sentence, now)
    held = session.scalars(
        select(Place)
        .where(
            tuple_(Place.service_id, Place.group_id, Place.day).in_(
                [tuple(each) for each in change]
            )
        )
        .order_by(Place.service_id, Place.group_id, Place.day)
        .execution_options(populate_existing=True)
    )
    for place in held:
        taken = place.taken + change[Pool(place.service_id, place.group_id, place.day)]
        # Nobody who comes back is turned out, though there are fewer places by now.
        place.capacity = max(place.capacity, taken)
        place.taken = taken


def _turn(
    session: Session, numbers: Sequence[int], state: BookingState, sentence: str, now: datetime
) -> None:
    """Have some become another thing, as `telling.turn` has one: in two statements."""
    is_closed = state is BookingState.CLOSED
    kind = BookingEventKind.CLOSED if is_closed else BookingEventKind.REOPENED
    these = Booking.id.in_(numbers)
    written = select(
        Booking.id,
        Booking.family_id,
        literal(now, UtcDateTime),
        literal(kind, BookingEvent.kind.type),
        Booking.state,
        literal(state, BookingEvent.new.type),
        literal(sentence),
    )
    session.execute(
        insert(BookingEvent).from_select(OF_EVENT, written.where(these).order_by(Booking.id))
    )
    session.execute(
        update(Booking)
        .where(these)
        .values(state=state, version=Booking.version + 1, offer_until=None)
        .execution_options(synchronize_session=False)
    )
