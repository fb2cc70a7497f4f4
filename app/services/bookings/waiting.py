"""Places that come free go to those who wait: first come, first served, in the same transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import (
    HOLDING,
    Booking,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    Place,
    Waiting,
)
from app.services.bookings import offers, places, telling
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.limits import limit, limit_along
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.places import At, Pool
from app.services.bookings.telling import Told, turn

FOUND = "Une place s’est libérée\u00a0: elle est à vous."


_AWAITED = (
    select(Booking.day)
    .distinct()
    .where(
        Booking.service_id == bindparam("service_id"),
        Booking.state == BookingState.WAITING,
        Booking.day >= bindparam("today", type_=Date),
    )
    .order_by(Booking.day)
)


_WITH_WAITING = (
    select(Booking.service_id)
    .distinct()
    .where(Booking.state == BookingState.WAITING, Booking.day >= bindparam("today", type_=Date))
    .order_by(Booking.service_id)
)


class Found(NamedTuple):
    """Families for whom there was a place after all."""

    given: frozenset[int] = frozenset()
    offered: frozenset[int] = frozenset()


def services_awaited() -> list[int]:
    """List the services of which somebody waits for a day to come."""
    return [row.service_id for row in db.rows(_WITH_WAITING, today=today())]


def awaited(service_id: int) -> list[date]:
    """List the days to come of a service that somebody waits for."""
    return [row.day for row in db.rows(_AWAITED, service_id=service_id, today=today())]


def promote(session: Session, town: Catalogue, freed: Collection[At]) -> list[Booking]:
    """Give, or offer, to those who wait what is free on these days, as `serve` does; tell them."""
    moved = serve(session, town, freed)
    tell(session, found_by(moved))
    return moved


def serve(
    session: Session, town: Catalogue, freed: Collection[At], most: int | None = None
) -> list[Booking]:
    """Give, or offer, to those who wait what is free on these days; the places are locked by now.

    What a child waits for comes with all that goes along with it, or not at all. Once it is too
    late to book, nobody is given what they no longer count on. Whoever calls tells families; after
    so `most`, others are served another time.
    """
    concerned = {
        At(service_id, at.day)
        for at in freed
        for service_id in places.bound_with(town, at.service_id)
    }
    if all(town.services[at.service_id].waiting is Waiting.NONE for at in concerned):
        return []
    waiting = _waiting(session, concerned)
    if not waiting:
        return []
    # One more than the town has was one child's: whoever leaves does not hand it on.
    places.lock_places(session, town, freed)
    children = {cell.child for cell in waiting}
    sharing = _Sharing(
        session=session,
        town=town,
        now=datetime.now(UTC),
        free=_free(session, concerned),
        waiting=waiting,
        held=_held(session, concerned, children),
        schools=places.schools(session, children),
    )
    for cell, row in list(waiting.items()):
        if most is None or len(sharing.moved) < most:
            sharing.serve(cell, row)
    return sharing.moved


@dataclass(frozen=True, slots=True)
class _Sharing:
    """What is free, and who waits for it or has some of it already."""

    session: Session
    town: Catalogue
    now: datetime
    free: Counter[Pool]
    waiting: dict[Cell, Booking]
    held: dict[Cell, Booking]
    schools: Mapping[int, str]
    moved: list[Booking] = field(default_factory=list)

    def serve(self, cell: Cell, row: Booking) -> None:
        """Give a child what it waits for, or keep it for the answer, if there is all of it."""
        how = self.town.services[cell.service].waiting
        # What comes along waits with what brings it, and may have been given with it by now.
        is_served = cell not in self.waiting or row.origin is BookingOrigin.LINKED
        if how is Waiting.NONE or is_served:
            return
        group = [each for each in _with_all(self.town, cell) if not _is_sure(self.held.get(each))]
        lacking = [each for each in group if each not in self.held]
        if not all(self._may_have(each, cell) for each in group):
            return
        taken = Counter(places.pool_of(self.waiting[each]) for each in lacking)
        self.free.subtract({pool: count for pool, count in taken.items() if pool in self.free})
        self.held.update({each: self.waiting.pop(each) for each in lacking})
        rows = [self.held[each] for each in group]
        if how is Waiting.AUTOMATIC:
            _give(self.session, rows, self.now)
        else:
            until = offers.ends(self.town, group, self.now)
            offers.keep(self.session, rows, until, self.now)
        places.count(self.session, taken)
        self.moved.extend(rows)

    def _may_have(self, cell: Cell, root: Cell) -> bool:
        """Tell whether there is a place that it waits for, or has until it answers."""
        is_there = cell in self.held or (
            cell in self.waiting and self.free.get(places.pool_of(self.waiting[cell]), 1) > 0
        )
        return is_there and _is_in_time(self.town, cell, root, self.schools[cell.child], self.now)


def found_by(moved: Iterable[Booking]) -> Found:
    """List whose what was moved is: families that have a place, families that are offered one."""
    families: dict[BookingState, set[int]] = {}
    for row in moved:
        families.setdefault(row.state, set()).add(row.family_id)
    given, offered = (
        frozenset(families.get(state, ())) for state in (BookingState.BOOKED, BookingState.OFFERED)
    )
    return Found(given, offered)


def tell(session: Session, found: Found) -> None:
    """Tell each family once, whatever it was given."""
    for family_id in sorted(found.given):
        telling.place_found(session, family_id)
    for family_id in sorted(found.offered):
        telling.place_offered(session, family_id)


def _free(session: Session, concerned: Collection[At]) -> Counter[Pool]:
    """Count what is left; who has no number of places is not there."""
    left = select(Place.service_id, Place.group_id, Place.day, Place.capacity - Place.taken).where(
        *_among(Place, concerned)
    )
    return Counter(
        {
            Pool(*row[:3]): row[3]
            for row in session.execute(left)
            if At(row.service_id, row.day) in concerned
        }
    )


def _waiting(session: Session, concerned: Collection[At]) -> dict[Cell, Booking]:
    """List those who wait for one of these, who came first at the head."""
    found = session.scalars(
        select(Booking)
        .where(
            *_among(Booking, concerned),
            Booking.state == BookingState.WAITING,
        )
        .order_by(Booking.waiting_since, Booking.id)
    )
    return {
        Cell(each.child_id, each.service_id, each.day): each
        for each in found
        if At(each.service_id, each.day) in concerned
    }


def _held(
    session: Session, concerned: Collection[At], children: Iterable[int]
) -> dict[Cell, Booking]:
    """Find what those who wait have already, for sure or not, of what may come along."""
    found = session.scalars(
        select(Booking)
        .where(
            Booking.child_id.in_(sorted(children)),
            *_among(Booking, concerned),
            Booking.state.in_(HOLDING),
        )
        .order_by(Booking.id)
    )
    return {
        Cell(each.child_id, each.service_id, each.day): each
        for each in found
        if At(each.service_id, each.day) in concerned
    }


def _among(of: type[Booking | Place], concerned: Collection[At]) -> Iterator[ColumnElement[bool]]:
    """Select these services and days, with some more: SQLite finds no pairs by its indexes."""
    yield of.service_id.in_(sorted({at.service_id for at in concerned}))
    yield of.day.in_(sorted({at.day for at in concerned}))


def _is_sure(row: Booking | None) -> bool:
    """Tell whether somebody has a place that nobody waits for an answer about."""
    return row is not None and row.state is not BookingState.OFFERED


def _with_all(town: Catalogue, cell: Cell) -> list[Cell]:
    brought = sorted(town.links.brought_by(cell.service))
    return [cell, *(cell._replace(service=service) for service in brought)]


def _is_in_time(town: Catalogue, cell: Cell, root: Cell, school: str, now: datetime) -> bool:
    service = town.bookable[cell.service]
    is_served = town.is_served(cell.service, cell.day, school)
    until = limit if cell == root else limit_along
    return is_served and until(service.book, cell.day, service.agenda) > now


def _give(session: Session, rows: Iterable[Booking], now: datetime) -> None:
    for row in rows:
        row.waiting_since, row.offer_until = None, None
        turn(session, row, BookingState.BOOKED, Told(BookingEventKind.PROMOTED, FOUND, now))
    session.flush()
