"""Typical weeks are booked for as long as a school year: read first, then saved part by part.

A part is a transaction as that of a week is: judged again, with its places locked. Whoever else
writes meanwhile does so between two of them. What is there already is not asked for again, so that
one who was cut off may send the same once more.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db, formats
from app.booking_kinds import BookingOrigin, BookingState
from app.calendar import ONE_DAY, school_years
from app.formats import plural, today
from app.models import BookingBatch
from app.services.accounts import allowances
from app.services.actors import CurrentAccount
from app.services.bookings import (
    batches,
    deciding,
    places,
    prices,
    reading,
    saving,
    telling,
    typical,
    wishes,
)
from app.services.bookings.deciding import Decided
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known
from app.services.bookings.saving import Saved
from app.services.bookings.standing import GIVEN_BACK
from app.services.bookings.weeks import FARTHEST_AHEAD
from app.services.bookings.wishes import Wish
from app.services.refusals import Reason, Refusal
from app.services.tokens import sending_keys

# A tenth of a second or two.
MOST_AT_ONCE = 400
# Until then, whoever sent it the first time may still be at it.
AT_IT = timedelta(minutes=1)
NOTHING = (
    "Rien à réserver entre ces deux jours\u00a0: tout l’est déjà, ou la semaine type est vide. "
    "Choisissez d’autres dates."
)
UPSIDE_DOWN = "Le dernier jour vient avant le premier\u00a0: choisissez d’autres dates."
TOO_FAR = "Choisissez des dates d’aujourd’hui à dans un an."
CHANGED = (
    "Rien n’est encore enregistré\u00a0: quelque chose a changé pendant que vous lisiez. "
    "Relisez ce qui suit, puis enregistrez."
)

_SAVED = select(BookingBatch.id, BookingBatch.public_id, BookingBatch.at).where(
    BookingBatch.sending_key == bindparam("sending_key")
)


class Group(NamedTuple):
    """The days on which a child gets the same."""

    child: str
    services: str
    days: Sequence[date]

    @property
    def words(self) -> str:
        """Write 12 jours, du 30 novembre au 18 décembre."""
        first, last = self.days[0], self.days[-1]
        count = plural(len(self.days), "jour")
        if len(self.days) == 1:
            return f"{count}, le {formats.day_in_words(first)}"
        return f"{count}, du {formats.day_in_words(first)} au {formats.day_in_words(last)}"

    @property
    def months(self) -> list[str]:
        """Write décembre 2026 : 1, 3, 4."""
        return [
            f"{month.capitalize()}{formats.NBSP}: {', '.join(str(day.day) for day in days)}"
            for month, days in groupby(self.days, key=formats.month)
        ]


class Plan(NamedTuple):
    """What typical weeks book between two days, and what they do not."""

    known: Known
    decided: Sequence[Decided]
    # Days that the family gave back: they stay so.
    given_back: int

    @property
    def mark(self) -> str:
        """Name what is read, so that nothing else is saved for it."""
        said = sorted((each.wish.cell, str(each.state)) for each in self.decided)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]

    @property
    def may_be_saved(self) -> bool:
        """Tell whether anything of it is possible."""
        return any(each.state for each in self.decided)

    @property
    def warning(self) -> str | None:
        """Tell of two odd weeks in a row, to who says odd and even ones apart."""
        alternates = typical.alternates(self.known.family_id)
        return typical.doubled(self.known.first, self.known.last) if alternates else None

    @property
    def estimate(self) -> Decimal | None:
        """Estimate what it adds to what the family pays; None where the town does not say."""
        booked = [each for each in self.decided if each.state is BookingState.BOOKED]
        along = {cell for each in booked for cell in each.wish.along}
        found = [each.price for each in booked if each.wish.cell not in along]
        known = [price for price in found if price is not None]
        return sum(known, Decimal(0)) if found and len(known) == len(found) else None

    @property
    def refused(self) -> list[Decided]:
        """List what is impossible."""
        return [each for each in self.decided if each.state is None]

    def groups(self, state: str) -> list[Group]:
        """Put together the days that a child gets, or waits for, alike."""
        days: dict[tuple[str, str], list[date]] = {}
        for each in self.decided:
            if each.state == BookingState(state):
                services = ", ".join((each.service, *each.along))
                days.setdefault((each.child, services), []).append(each.day)
        return [Group(child, services, found) for (child, services), found in days.items()]


def plan(family_id: int, first: date, last: date, asked_at: datetime) -> Plan:
    """Judge what typical weeks ask for, saving nothing. Raises Refusal for no such days."""
    if last < first:
        raise Refusal(Reason.UNFIT, UPSIDE_DOWN)
    if first < today() or last > today() + FARTHEST_AHEAD:
        raise Refusal(Reason.UNFIT, TOO_FAR)
    known = prices.priced(reading.known(family_id, first, last))
    cells = typical.cells(known, first, last)
    given_back = sum(known.world.state(cell) is BookingState.CANCELLED for cell in cells)
    decided = deciding.decide(known, _wishes(known, cells), asked_at)
    return Plan(known, decided, given_back)


def apply(
    account: CurrentAccount, days: tuple[date, date], mark: str, key: str, asked_at: datetime
) -> Saved:
    """Book what was read; the same key again books what is still missing of it.

    Raises Refusal when there is nothing to book, or when it is not what was read any more.
    """
    own_key = sending_keys.of_account(account, key)
    planned = plan(account.family_id, *days, asked_at)
    before = db.rows(_SAVED, sending_key=own_key)
    if before and (not planned.decided or datetime.now(UTC) < before[0].at + AT_IT):
        return Saved(before[0].public_id)
    if not planned.decided:
        raise Refusal(Reason.SAME, NOTHING)
    if not before and planned.mark != mark:
        raise Refusal(Reason.OUTDATED, CHANGED)
    batch_id = before[0].id if before else None
    refused: list[Decided] = []
    parts = list(_parts(planned.decided))
    for number, part in enumerate(parts, start=1):
        if number > 1:
            db.make_way()
        with db.transaction() as session:
            batch = _batch(session, account, own_key, batch_id)
            batch_id, public_id = batch.id, batch.public_id
            refused += _save(session, planned.known, batch, part, asked_at)
            if number == len(parts) and (batch.added or batch.waiting):
                telling.saved(session, account, batch)
    return Saved(public_id, refused)


def _batch(
    session: Session, account: CurrentAccount, own_key: str, batch_id: int | None
) -> BookingBatch:
    if batch_id is None:
        batch = batches.by_guardian(session, account, own_key)
        if batch is not None:
            return batch
        [batch_id] = session.scalars(_SAVED, {"sending_key": own_key})
    allowances.one_at_a_time(session, account.account_id)
    return session.get_one(BookingBatch, batch_id, populate_existing=True)


def _save(
    session: Session,
    planned: Known,
    batch: BookingBatch,
    part: Sequence[Decided],
    asked_at: datetime,
) -> list[Decided]:
    """Judge some days again, with their places locked, and write them; return what is refused."""
    touched = [cell for each in part for cell in each.wish.cells]
    places.lock_cells(session, planned.town, touched)
    known = reading.known(planned.family_id, part[0].day, part[-1].day)
    cells = [each.wish.cell for each in part if known.may_have_box(each.wish.cell)]
    decided = deciding.decide(known, _wishes(known, cells), asked_at)
    saving.write(session, known, batch, decided, BookingOrigin.TYPICAL)
    return [each for each in decided if each.state is None]


def _wishes(known: Known, cells: Sequence[Cell]) -> list[Wish]:
    """List what is to be booked, of days that are nobody's yet, nor were given back."""
    return wishes.books_of(known, [cell for cell in cells if _is_asked(known, cell)])


def _is_asked(known: Known, cell: Cell) -> bool:
    """Leave out what no family would ask for: no day of the service, nor of this home."""
    enrolled = known.world.enrolments[cell.child, cell.service]
    found = known.booked.get(cell)
    is_free = found is None or (found.family_id != known.family_id and found.state in GIVEN_BACK)
    agenda = known.world.services[cell.service].agenda
    return (
        is_free
        and (cell.child, cell.day) not in known.world.days_elsewhere
        # A day that somebody closed is told.
        and (agenda.is_served(cell.day) or agenda.is_planned(cell.day))
        and any(
            each.first <= cell.day and (each.last is None or cell.day <= each.last)
            for each in enrolled
        )
    )


def _parts(decided: Sequence[Decided]) -> Iterator[list[Decided]]:
    """Cut between two days."""
    part: list[Decided] = []
    for _, of_day in groupby(decided, key=attrgetter("day")):
        more = list(of_day)
        if part and sum(len(each.wish.cells) for each in part + more) > MOST_AT_ONCE:
            yield part
            part = []
        part = part + more
    if part:
        yield part


def default_days() -> tuple[date, date]:
    """Propose from next Monday to the end of the school year."""
    monday = today() + (7 - today().weekday()) * ONE_DAY
    return monday, min(school_years.of(monday).last_day, today() + FARTHEST_AHEAD)
