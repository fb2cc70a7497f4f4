"""The town hall looks at places that were asked for past the limit, gives them, or takes them back.

All that was asked for at once is given, with what comes along, or nothing is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
)
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import batches, deciding, places, prices, reading, saving, waiting
from app.services.bookings.deciding import Decided
from app.services.bookings.exceptional import asking
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.places import At, Pool
from app.services.bookings.reading import Known
from app.services.bookings.telling import Told, turn
from app.services.bookings.wishes import books_of, cell_of, day_of
from app.services.refusals import Reason, Refusal

NOT_THERE = (
    "rien n’est réservé\u00a0: l’enfant n’est plus inscrit à ce service, ou n’est plus de cette "
    "famille."
)
NOT_ALL = "rien n’est réservé. {}"
TAKEN_BACK = "La mairie est revenue sur cette place."
CHANGED = "une de ces places a changé depuis\u00a0: voyez les réservations de la famille."


class Looked(NamedTuple):
    """What becomes of a place, should the town hall give it."""

    # Cantine, lundi 30 novembre 2026.
    words: str
    # What comes along.
    along: Sequence[str]
    # Why it cannot be given; empty where it can.
    why_not: str
    # How many are left of what is least, with those that come along; None for as many as come.
    left: int | None
    # What it costs past the limit, where that is another price.
    price: str


def look(family_id: int, names: Sequence[str]) -> list[Looked]:
    """Look at what was asked for, as it stands. Raises Refusal for what is no more a box."""
    known = prices.priced(reading.known(family_id, *_both_ends(names)))
    now = datetime.now(UTC)
    wishes = books_of(known, _cells(known, names), Act.GRANT)
    return [_looked(known, each, now) for each in deciding.decide(known, wishes, now)]


def grant(session: Session, family_id: int, names: Sequence[str], by: Actor) -> int:
    """Book what was asked for, and return the number of that act; the caller tells the family.

    Where no place is left, there is one more that day. Raises Refusal when any of it cannot be.
    """
    days = _both_ends(names)
    known = reading.known(family_id, *days)
    wishes = books_of(known, _cells(known, names), Act.GRANT)
    touched = [cell for wish in wishes for cell in wish.cells]
    places.lock_cells(session, known.town, touched)
    known = prices.priced(reading.known(family_id, *days))
    wishes = books_of(known, _cells(known, names), Act.GRANT)
    decided = deciding.decide(known, wishes, datetime.now(UTC))
    if refused := [each.whole_sentence for each in decided if each.state is None]:
        raise Refusal(Reason.OUTDATED, NOT_ALL.format(" ".join(refused)))
    batch = batches.by_town(session, family_id, by)
    saving.write(session, known, batch, decided, BookingOrigin.STAFF)
    journal.record_of_family(session, "late_place_given", by, family_id)
    return batch.id


def take_back(session: Session, batch_id: int, by: Actor) -> None:
    """Undo what was given, before the family is told. Raises Refusal once any of it changed."""
    given = _given(session, batch_id)
    rows = [row for row, _ in given]
    family_id, days = rows[0].family_id, sorted({row.day for row in rows})
    wanted = [At(row.service_id, row.day) for row in rows]
    known = reading.known(family_id, days[0], days[-1])
    places.lock(session, known.town, {row.child_id for row in rows}, wanted)
    known = reading.known(family_id, days[0], days[-1])
    if _changed(session, batch_id) or _is_leant_on(known, map(_cell, rows)):
        raise Refusal(Reason.OUTDATED, CHANGED)
    told = Told(BookingEventKind.CORRECTED, TAKEN_BACK, datetime.now(UTC))
    counted: Counter[Pool] = Counter()
    for row, old in given:
        # Whoever was not coming is not coming again, and pays what that costs.
        back = old if old is BookingState.ABSENT else BookingState.CANCELLED
        turn(session, row, back, told)
        counted[places.pool_of(row)] -= back is BookingState.CANCELLED
    session.flush()
    places.count(session, counted)
    waiting.promote(session, known.town, wanted)
    journal.record_of_family(session, "late_place_taken_back", by, family_id)


def _given(session: Session, batch_id: int) -> list[tuple[Booking, BookingState | None]]:
    """List what was given, each with what it was before."""
    rows = session.execute(
        select(Booking, BookingEvent.old)
        .join(BookingEvent, BookingEvent.booking_id == Booking.id)
        .where(BookingEvent.batch_id == batch_id)
        .order_by(Booking.day, Booking.id)
    )
    return [(row, old) for row, old in rows]


def _changed(session: Session, batch_id: int) -> bool:
    """Tell whether anything happened to what was given."""
    since = aliased(BookingEvent)
    found = (
        select(since.id)
        .join(BookingEvent, BookingEvent.booking_id == since.booking_id)
        .where(BookingEvent.batch_id == batch_id, since.id > BookingEvent.id)
        .limit(1)
    )
    return session.scalars(found).first() is not None


def _is_leant_on(known: Known, given: Iterable[Cell]) -> bool:
    """Tell whether the family has booked what does not go without it."""
    cells = list(given)
    return any(
        other not in cells and known.is_live(other)
        for cell in cells
        for service in known.world.links.bringing(cell.service)
        | known.world.links.needing(cell.service)
        for other in [cell._replace(service=service)]
    )


def _cell(row: Booking) -> Cell:
    return Cell(row.child_id, row.service_id, row.day)


def _cells(known: Known, names: Sequence[str]) -> list[Cell]:
    try:
        return [cell_of(known, name) for name in names]
    except Refusal as refused:
        raise Refusal(Reason.CLOSED, NOT_THERE) from refused


def _both_ends(names: Sequence[str]) -> tuple[date, date]:
    days = [day_of(name) for name in names]
    return min(days), max(days)


def _looked(known: Known, decided: Decided, now: datetime) -> Looked:
    cell = decided.wish.cell
    return Looked(
        words=asking.words(known, cell),
        along=decided.along,
        why_not="" if decided.state else decided.sentence,
        left=deciding.places_left(known, decided.wish.cells),
        price=asking.price(known, cell, now),
    )
