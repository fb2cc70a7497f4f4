"""A family's days are saved: all of them at once, or none.

Judged a first time for the page that sums them up, they are judged again here, when nobody else can
change a place or a day any more.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import (
    HOLDING,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingRefusal,
    BookingState,
)
from app.services.actors import Actor, CurrentAccount
from app.services.bookings import batches, deciding, places, prices, reading, telling, waiting
from app.services.bookings.deciding import Decided
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.places import At, Pool
from app.services.bookings.reading import Known
from app.services.bookings.standing import LIVE
from app.services.bookings.wishes import Boxes, changed_since, name_of, wishes
from app.services.bookings.words import ABSENCE_REASONS
from app.services.refusals import Reason, Refusal
from app.services.tokens import sending_keys

CHANGED = (
    "Rien n’est encore enregistré\u00a0: un de ces jours a changé pendant que vous lisiez cette "
    "page. Relisez ce qui suit, puis enregistrez."
)
LATE_BY_NOW = (
    "Rien n’est encore enregistré\u00a0: un de ces jours est maintenant hors délai. Relisez ce qui "
    "suit, puis enregistrez."
)
_EVENTS = {
    BookingState.BOOKED: BookingEventKind.BOOKED,
    BookingState.WAITING: BookingEventKind.WAITED,
    BookingState.CANCELLED: BookingEventKind.CANCELLED,
    BookingState.ABSENT: BookingEventKind.ABSENCE,
}


class Saver(NamedTuple):
    """Who saves days of a family, and how it begins, once a key."""

    family_id: int
    own_key: str
    by: Actor
    begin: Callable[[Session], BookingBatch | None]
    origin: BookingOrigin = BookingOrigin.PARENT


class Saved(NamedTuple):
    """What was saved, by its name in addresses; and what could not be, why."""

    public_id: str
    refused: Sequence[Decided] = ()


def save(
    account: CurrentAccount, days: tuple[date, date], boxes: Boxes, key: str, asked_at: datetime
) -> Saved:
    """Save what a guardian ticked and unticked of some days, as `save_as` does."""
    own_key = sending_keys.of_account(account, key)
    guardian = Saver(
        account.family_id,
        own_key,
        account,
        begin=lambda session: batches.by_guardian(session, account, own_key),
    )
    return save_as(guardian, days, boxes, asked_at)


def save_as(saver: Saver, days: tuple[date, date], boxes: Boxes, asked_at: datetime) -> Saved:
    """Save what was ticked and unticked of some days; the same key again saves nothing more.

    Raises Refusal when a box is not the family's, or when somebody changed a day meanwhile.
    """
    own_key = saver.own_key
    before = reading.known(saver.family_id, *days)
    asked = wishes(before, boxes)
    if public_id := batches.saved(db.session(), own_key):
        # From the same page, in another tab, something else was saved.
        if any(each.state for each in deciding.decide(before, asked, asked_at)):
            raise Refusal(Reason.OUTDATED, CHANGED)
        return Saved(public_id)
    touched = [cell for wish in asked for cell in wish.cells]
    with db.transaction() as session:
        batch = saver.begin(session)
        if batch is None:
            return Saved(batches.saved(session, own_key))
        places.lock_cells(session, before.town, touched)
        known = _known(saver.family_id, days, boxes)
        if changed_since(known, boxes):
            raise Refusal(Reason.OUTDATED, CHANGED)
        asked = wishes(known, boxes)
        if not asked:
            raise boxes.nothing
        decided = deciding.decide(known, asked, asked_at)
        _check_late(known, boxes, decided)
        batch.absence_reason = boxes.absent_for
        write(session, known, batch, decided, saver.origin)
        if batch.added or batch.removed or batch.waiting or batch.absent:
            late = sum(bool(each.late) for each in decided)
            telling.saved(session, saver.by, batch, late)
    return Saved(batch.public_id, [each for each in decided if each.state is None])


def _known(family_id: int, days: tuple[date, date], boxes: Boxes) -> Known:
    """Read it, with what days cost where the history says what was told of that."""
    known = reading.known(family_id, *days)
    return prices.priced(known) if boxes.late else known


def _check_late(known: Known, boxes: Boxes, decided: Iterable[Decided]) -> None:
    """Refuse to book past its limit a day of which the family did not read so."""
    if any(each.late and name_of(known, each.wish.cell) not in boxes.late for each in decided):
        raise Refusal(Reason.OUTDATED, LATE_BY_NOW)


def write(
    session: Session,
    known: Known,
    batch: BookingBatch,
    decided: Sequence[Decided],
    origin: BookingOrigin = BookingOrigin.PARENT,
) -> None:
    """Write what was decided, as a part of what is saved at once; its places are locked."""
    ids = [each.id for each in known.booked.values()]
    found = session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id))
    rows = {Cell(each.child_id, each.service_id, each.day): each for each in found}
    counted: Counter[Pool] = Counter()
    events = []
    ticked = {each.wish.cell for each in decided}
    for each, cell in _changes(decided):
        row = rows.get(cell)
        old = row.state if row else None
        if row is None:
            row = rows[cell] = Booking(
                child_id=cell.child, service_id=cell.service, day=cell.day, version=0, group_id=0
            )
            session.add(row)
        _change(row, each, known, _origin(cell, ticked, origin), batch)
        row.late = _is_late(each, cell, row, old)
        counted[places.pool_of(row)] += (row.state in HOLDING) - (old in HOLDING)
        events.append((row, each, old, cell in each.late))
    session.flush()
    session.add_all(
        BookingEvent(
            booking_id=row.id,
            family_id=row.family_id,
            batch_id=batch.id,
            at=batch.at,
            kind=_EVENTS[row.state],
            old=old,
            new=row.state,
            sentence=_said(each, batch),
            late=late,
        )
        for row, each, old, late in events
    )
    # What the town hall gives is one more, where none is left.
    places.count(session, counted, turns_out=origin is not BookingOrigin.STAFF)
    # As a parent counts.
    said = Counter(row.state for row, *_ in events if row.origin is not BookingOrigin.LINKED)
    batch.added += said[BookingState.BOOKED]
    batch.waiting += said[BookingState.WAITING]
    batch.absent += said[BookingState.ABSENT]
    batch.removed += said[BookingState.CANCELLED]
    refused = list(_refusals(known, batch, decided))
    session.add_all(refused)
    batch.refused += len(refused)
    freed = [At(pool.service_id, pool.day) for pool, change in counted.items() if change < 0]
    waiting.promote(session, known.town, freed)


def _refusals(
    known: Known, batch: BookingBatch, decided: Iterable[Decided]
) -> Iterator[BookingRefusal]:
    """Keep why a day could not be saved: whoever is billed for it asks months later."""
    for each in decided:
        if each.state is None:
            yield BookingRefusal(
                batch_id=batch.id,
                family_id=known.family_id,
                child_id=each.wish.cell.child,
                service_id=each.wish.cell.service,
                day=each.day,
                asked=deciding.GIVING_UP.get(each.wish.act, BookingState.BOOKED),
                sentence=each.sentence,
            )


def _changes(decided: Iterable[Decided]) -> Iterator[tuple[Decided, Cell]]:
    """Go through the cells that change, each once: two of them may bring the same third.

    What one of them has for sure is not waited for with the other.
    """
    done: set[Cell] = set()
    for each in sorted(decided, key=lambda each: each.state is BookingState.WAITING):
        for cell in each.wish.cells if each.state else ():
            if cell not in done:
                done.add(cell)
                yield each, cell


def _change(
    row: Booking, each: Decided, known: Known, origin: BookingOrigin, batch: BookingBatch
) -> None:
    assert each.state is not None
    if each.state is not BookingState.CANCELLED:
        row.family_id = known.family_id
        if row.state not in HOLDING:
            # Whoever has a place keeps it where it is counted.
            row.group_id = known.groups[row.child_id, row.service_id]
        if row.state not in LIVE:
            row.origin = origin
    row.state = each.state
    row.waiting_since = batch.at if each.state is BookingState.WAITING else None
    row.offer_until = None
    row.version += 1


def _is_late(each: Decided, cell: Cell, row: Booking, old: BookingState | None) -> bool:
    """Tell whether a day was booked past its limit; whoever comes after all had it as it was."""
    is_kept = old is BookingState.ABSENT or row.state is BookingState.ABSENT
    if row.state is BookingState.CANCELLED:
        return False
    return bool(row.late) if is_kept else cell in each.late


def _said(each: Decided, batch: BookingBatch) -> str:
    """Write what was said, of an absence after why the child does not come."""
    if batch.absence_reason is None:
        return each.sentence
    return f"{ABSENCE_REASONS[batch.absence_reason]}. {each.sentence}"


def _origin(cell: Cell, ticked: Collection[Cell], origin: BookingOrigin) -> BookingOrigin:
    """Tell how it comes to be booked: what was ticked itself stays without what brings it."""
    return origin if cell in ticked else BookingOrigin.LINKED
