"""The town hall gives a place to who waits, whatever the order or the limit, or tells that not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app import db, typed_text
from app.formats import NBSP, day_in_full, ended
from app.models import (
    Booking,
    BookingBatch,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    Family,
    Place,
)
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import batches, catalogue, places, telling, waiting
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.places import At, Pool
from app.services.bookings.telling import Told, turn
from app.services.bookings.waiting_list.waiting_lists import AWAITED, Waiter
from app.services.inbox import composing, sending
from app.services.inbox.composing import Letter
from app.services.refusals import Reason, Refusal
from app.services.targets.kinds import Target, TargetKind

GIVEN = "La mairie vous donne une place."
NOT_GIVEN = f"La mairie ne peut pas vous donner de place{NBSP}: {{}}"
NO_MORE = "Cette famille n’attend plus cette place."
LONGEST_REASON = 200


class _Waiting(NamedTuple):
    """A child's day that is waited for, with all that comes along; nobody else changes it."""

    town: Catalogue
    rows: Sequence[Booking]

    @property
    def family_id(self) -> int:
        return self.rows[0].family_id


def give(public_id: str, by: Actor) -> None:
    """Book it, with all that comes along; where no place is left, there is one more that day.

    Raises Refusal for who waits no more.
    """
    with db.transaction() as session:
        found = _hold(session, public_id)
        taken = Counter(
            places.pool_of(row) for row in found.rows if row.state is BookingState.WAITING
        )
        for pool in sorted(taken):
            _make_room(session, pool)
        batch = batches.by_town(session, found.family_id, by)
        batch.added = len(found.rows)
        for row in found.rows:
            _change(session, row, batch, BookingState.BOOKED, GIVEN)
        session.flush()
        places.count(session, taken)
        telling.place_found(session, found.family_id)
        # Whoever lacked but this of what goes along has the rest, where it is free.
        given = [At(row.service_id, row.day) for row in found.rows]
        waiting.promote(session, found.town, given)
        journal.record_of_family(session, "place_given", by, found.family_id)


def refuse(waiter: Waiter, reason: str, by: Actor) -> datetime:
    """Take a child off the list, and write to the family why; return when that leaves.

    Raises Refusal for who waits no more, or without a reason.
    """
    said = typed_text.reason(reason, LONGEST_REASON)
    if not said:
        raise Refusal(Reason.MISSING, "Dites pourquoi\u00a0: la famille le lit.")
    with db.transaction() as session:
        found = _hold(session, waiter.public_id)
        if found.rows[0].state is not BookingState.WAITING:
            raise Refusal(Reason.CLOSED, "Une place lui est proposée\u00a0: attendez sa réponse.")
        batch = batches.by_town(session, found.family_id, by)
        gone = [
            row
            for number, row in enumerate(found.rows)
            if row.state is BookingState.WAITING
            and (
                not number
                or (
                    row.origin is BookingOrigin.LINKED
                    and not _is_wanted(session, found.town, row, found.rows[0])
                )
            )
        ]
        batch.removed = len(gone)
        for row in gone:
            _change(session, row, batch, BookingState.CANCELLED, ended(NOT_GIVEN.format(said)))
        journal.record_of_family(session, "place_refused", by, found.family_id)
        number = session.get_one(Family, found.family_id).number
    return sending.send(composing.save(_letter(waiter, number, said), by), by)


def _hold(session: Session, public_id: str) -> _Waiting:
    """Keep everybody else from a child's day. Raises Refusal for who waits no more."""
    wanted = select(Booking).where(Booking.public_id == public_id)
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise Refusal(Reason.UNKNOWN, NO_MORE)
    town = catalogue.read(row.day, row.day)
    services = [row.service_id, *sorted(town.links.brought_by(row.service_id))]
    places.lock(session, town, [row.child_id], [At(each, row.day) for each in services])
    found = {
        each.service_id: each
        for each in session.scalars(_of_child(row.child_id, row.day, services))
    }
    along = [found[each] for each in services if each in found]
    if found[row.service_id].state not in AWAITED or len(along) != len(services):
        raise Refusal(Reason.CLOSED, NO_MORE)
    return _Waiting(town, [each for each in along if each.state in AWAITED])


def _of_child(child_id: int, day: date, services: Iterable[int]) -> Select[Booking]:
    return (
        select(Booking)
        .where(
            Booking.child_id == child_id,
            Booking.day == day,
            Booking.service_id.in_(sorted(services)),
        )
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    )


def _is_wanted(session: Session, town: Catalogue, row: Booking, but: Booking) -> bool:
    """Tell whether something else that the child waits for brings this."""
    others = town.links.bringing(row.service_id) - {but.service_id}
    there = session.scalars(_of_child(row.child_id, row.day, others)).all()
    return any(each.state in AWAITED for each in there)


def _make_room(session: Session, pool: Pool) -> None:
    """Have one place more where none is left."""
    session.execute(
        update(Place)
        .where(
            Place.service_id == pool.service_id,
            Place.group_id == pool.group_id,
            Place.day == pool.day,
            Place.taken >= Place.capacity,
        )
        .values(capacity=Place.taken + 1)
        .execution_options(synchronize_session=False)
    )


def _change(
    session: Session, row: Booking, batch: BookingBatch, state: BookingState, said: str
) -> None:
    row.waiting_since, row.offer_until = None, None
    told = Told(BookingEventKind.CORRECTED, said, batch.at, batch.id)
    turn(session, row, state, told)


def _letter(waiter: Waiter, number: str, said: str) -> Letter:
    when = day_in_full(waiter.day)
    body = (
        f"Bonjour,\n\nVous attendez une place pour {waiter.first_name}{NBSP}: {waiter.service}, le"
        f" {when}. Nous ne pouvons pas vous la donner.\n"
        + ended(f"Motif{NBSP}: {said}")
        + "\n\nVotre enfant n’est plus sur la liste d’attente de ce jour."
    )
    target = Target(TargetKind.FAMILY, (number,))
    return Letter(target, f"Liste d’attente du {when}", body, answerable=True)
