"""Days that a file of the town says, whatever the hour: booked, waited for, given back.

What a family or the town hall changed since in the portal stays as they left it, and is told. What
comes with a day comes with it here too, and nobody is turned out for want of a place.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.formats import day_in_full, today
from app.models import (
    HOLDING,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
)
from app.services.actors import Actor
from app.services.bookings import catalogue, invoicing, places
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.closings.closing_extent import LIVE
from app.services.bookings.groups import moving
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.places import At, Pool
from app.services.bookings.words import STATES

# What is read of the portal at once, and written: others who book wait as long.
A_WEEK = timedelta(days=7)


class Said(NamedTuple):
    """What the file says of a day."""

    family_id: int
    state: BookingState
    is_late: bool = False


class Left(NamedTuple):
    """A day that stays as it is in the portal, though the file says otherwise, and why."""

    cell: Cell
    service: str
    words: str


@dataclass(slots=True)
class Taken:
    """What came of a file."""

    changed: int = 0
    left: list[Left] = field(default_factory=list)
    # Of each family, what names all that the file changed of theirs.
    batches: dict[int, int] = field(default_factory=dict)


def weeks(said: Mapping[Cell, Said]) -> Iterator[dict[Cell, Said]]:
    """Part what a file says into what is written at once."""
    days = sorted({cell.day for cell in said})
    while days:
        end = days[0] + A_WEEK
        yield {cell: each for cell, each in said.items() if days[0] <= cell.day < end}
        days = [day for day in days if day >= end]


def write(session: Session, said: Mapping[Cell, Said], by: Actor, taken: Taken) -> None:
    """Have the days of a week stand as the file says, in the caller's transaction.

    It locks as whoever books does, so that nothing else is to be locked before.
    """
    _Week(session, said, taken).write(by)


class _Week:
    """Some days that were said, beside those that stand in the portal."""

    def __init__(self, session: Session, said: Mapping[Cell, Said], taken: Taken) -> None:
        self._session = session
        self._taken = taken
        self._first = min(cell.day for cell in said)
        self._last = max(cell.day for cell in said)
        self._town: Catalogue = catalogue.read(self._first, self._last)
        links = self._town.links
        # What comes with another day after that one, which says more of it than the file.
        self._said = {
            cell: said[cell]
            for cell in sorted(said, key=lambda each: len(links.bringing(each.service)))
        }
        children = {cell.child for cell in said}
        ats = {At(cell.service, cell.day) for cell in said}
        places.lock(session, self._town, children, sorted(ats))
        self._there = {
            Cell(each.child_id, each.service_id, each.day): each
            for each in session.scalars(
                select(Booking)
                .where(
                    Booking.child_id.in_(sorted(children)),
                    Booking.day.between(self._first, self._last),
                )
                .order_by(Booking.id)
                .execution_options(populate_existing=True)
            )
        }
        self._groups = moving.read(session, self._town, children)
        self._schools = places.schools(session, children)
        self._invoiced_until = invoicing.until()
        self._imported = self._said_by_files()
        self._before: dict[Cell, BookingState | None] = {}

    def write(self, by: Actor) -> None:
        """Write them, what comes with them, their places and their history."""
        for cell, written in self._said.items():
            bringers = self._bringers(cell)
            lacking = [row for row in bringers if _lacks(row.state, written.state)]
            said = Said(lacking[0].family_id, lacking[0].state) if lacking else written
            reason = self._reason_to_leave(cell, said)
            if reason:
                name = self._town.services[cell.service].name
                self._taken.left.append(Left(cell, name, reason))
            else:
                origin = BookingOrigin.LINKED if bringers else BookingOrigin.IMPORT
                self._put(cell, said, origin)
        for cell in self._said:
            self._bring(cell)
        self._session.flush()
        self._note(by)
        self._taken.changed += len(self._before)

    def _bringers(self, cell: Cell) -> list[Booking]:
        """List what stands and brings a day with it: it was written before."""
        services = sorted(self._town.links.bringing(cell.service))
        rows = (self._there.get(cell._replace(service=each)) for each in services)
        return [row for row in rows if row is not None and row.state in LIVE]

    def _said_by_files(self) -> set[Cell]:
        """List what no one has changed since a file said it."""
        last = (
            select(func.max(BookingEvent.id))
            .join(Booking, Booking.id == BookingEvent.booking_id)
            .where(Booking.day.between(self._first, self._last))
            .group_by(BookingEvent.booking_id)
        )
        found = self._session.scalars(
            select(BookingEvent.booking_id).where(
                BookingEvent.id.in_(last), BookingEvent.kind == BookingEventKind.IMPORTED
            )
        )
        numbers = set(found)
        return {cell for cell, row in self._there.items() if row.id in numbers}

    def _reason_to_leave(self, cell: Cell, said: Said) -> str:
        """Say why a day stays; nothing when the file is followed, or says what is so already."""
        row = self._there.get(cell)
        if row is not None and _says(row) == said:
            return ""
        if row is not None and cell not in self._imported:
            return f"{STATES[row.state].lower()} dans le portail"
        if self._invoiced_until and cell.day <= self._invoiced_until:
            return "le mois est facturé"
        comes = said.state in {BookingState.BOOKED, BookingState.WAITING}
        if comes and cell.day >= today() and not self._is_served(cell):
            return "le service n’est pas ouvert ce jour-là"
        return ""

    def _is_served(self, cell: Cell) -> bool:
        """Tell whether a service is there for the child’s school, with all that it brings."""
        services = (cell.service, *self._town.links.brought_by(cell.service))
        school = self._schools[cell.child]
        return all(self._town.is_served(each, cell.day, school) for each in services)

    def _put(self, cell: Cell, said: Said, origin: BookingOrigin) -> None:
        row = self._there.get(cell)
        if row is None:
            row = self._there[cell] = Booking(
                child_id=cell.child, service_id=cell.service, day=cell.day, version=0
            )
            self._session.add(row)
            self._before[cell] = None
        elif _says(row) == said:
            # What came with a day may be said for itself since.
            row.origin = origin if cell in self._imported else row.origin
            return
        else:
            self._before.setdefault(cell, row.state)
        if row.state not in HOLDING:
            row.group_id = self._groups.of(cell.child, cell.service, said.family_id, cell.day)
        row.family_id, row.state, row.late = said
        row.origin = origin
        waits = row.state is BookingState.WAITING
        row.waiting_since = datetime.now(UTC) if waits else None
        row.offer_until = None
        row.version += 1

    def _bring(self, cell: Cell) -> None:
        """Have what comes with a day come with it, and go with it."""
        row = self._there.get(cell)
        for service in sorted(self._town.links.brought_by(cell.service)):
            other = cell._replace(service=service)
            brought = self._there.get(other)
            if row is not None and row.state in LIVE:
                if _lacks(row.state, brought.state if brought else None):
                    self._put(other, Said(row.family_id, row.state), BookingOrigin.LINKED)
            elif brought is not None and self._goes(other, brought):
                gone = row.state if row else BookingState.CANCELLED
                self._put(other, Said(brought.family_id, gone), BookingOrigin.LINKED)

    def _goes(self, cell: Cell, row: Booking) -> bool:
        """Tell whether a day is there that came with others, none of which is left."""
        came = row.origin is BookingOrigin.LINKED and row.state in LIVE
        return came and cell not in self._said and not self._bringers(cell)

    def _note(self, by: Actor) -> None:
        counted: Counter[Pool] = Counter()
        batches = self._batches(by)
        events = []
        for cell, old in self._before.items():
            row = self._there[cell]
            batch = batches[row.family_id]
            if row.origin is not BookingOrigin.LINKED:
                batch.added += row.state is BookingState.BOOKED
                batch.waiting += row.state is BookingState.WAITING
                batch.removed += row.state is BookingState.CANCELLED
            events.append(
                {
                    "booking_id": row.id,
                    "family_id": row.family_id,
                    "batch_id": batch.id,
                    "at": batch.at,
                    "kind": BookingEventKind.IMPORTED,
                    "old": old,
                    "new": row.state,
                }
            )
            counted[places.pool_of(row)] += (row.state in HOLDING) - (old in HOLDING)
        if events:
            self._session.execute(insert(BookingEvent), events)
        places.count(self._session, counted, turns_out=False)

    def _batches(self, by: Actor) -> dict[int, BookingBatch]:
        """Find, or begin, the one of each family that something changes for."""
        begun = self._session.scalars(
            select(BookingBatch)
            .where(BookingBatch.id.in_(sorted(self._taken.batches.values())))
            .order_by(BookingBatch.id)
        )
        batches = {each.family_id: each for each in begun}
        families = {self._there[cell].family_id for cell in self._before}
        for family_id in sorted(families - batches.keys()):
            batches[family_id] = BookingBatch(
                family_id=family_id,
                acted_by=by.acted_by,
                at=datetime.now(UTC),
                sending_key=secrets.token_hex(16),
                added=0,
                removed=0,
                waiting=0,
            )
            self._session.add(batches[family_id])
        self._session.flush()
        self._taken.batches.update({key: each.id for key, each in batches.items()})
        return batches


def _lacks(bringer: BookingState, brought: BookingState | None) -> bool:
    """Tell whether a day is there without what comes with it."""
    return bringer in LIVE and brought not in (HOLDING if bringer in HOLDING else LIVE)


def _says(row: Booking) -> Said:
    return Said(row.family_id, row.state, row.late)


def told(left: Left, child: str) -> str:
    """Write lundi 30 novembre 2026, Zoé PAYS, Cantine : annulé dans le portail."""
    return f"{day_in_full(left.cell.day)}, {child}, {left.service}\u00a0: {left.words}"
