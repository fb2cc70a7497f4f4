"""What a family waits for: its rank, since when, and until when a place may still come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, select

from app import db
from app.booking_kinds import BookingOrigin, BookingState
from app.formats import today
from app.models import FAMILY, Booking, Child, Service
from app.services.actors import CurrentAccount
from app.services.bookings import catalogue, saving
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge import spoken
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.places import RANK
from app.services.bookings.saving import Saved
from app.services.bookings.weeks import FARTHEST_AHEAD
from app.services.bookings.wishes import NOT_THERE, Boxes, day_of
from app.services.refusals import Reason, Refusal

_WAITING: Select[*tuple[Any, ...]] = (
    select(
        Booking.child_id,
        Booking.service_id,
        Booking.day,
        Booking.state,
        Booking.origin,
        Booking.version,
        Booking.waiting_since,
        Booking.offer_until,
        Child.public_id,
        Child.first_name,
        Service.slug,
        Service.name,
        RANK.label("rank"),
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(
        Booking.family_id == FAMILY,
        Booking.day >= bindparam("today", type_=Date),
        Booking.state.in_((BookingState.WAITING, BookingState.OFFERED)),
    )
    .order_by(Booking.day, Child.birth_date, Child.id, Service.position, Service.id)
)


class _Row(NamedTuple):
    child_id: int
    service_id: int
    day: date
    state: BookingState
    origin: BookingOrigin
    version: int
    waiting_since: datetime | None
    offer_until: datetime | None
    public_id: str
    first_name: str
    slug: str
    name: str
    rank: int

    @property
    def cell(self) -> Cell:
        return Cell(self.child_id, self.service_id, self.day)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A day that a family waits for, with what comes along with it."""

    day: date
    child: str
    services: Sequence[str]
    # Of its box, and the version that it stands at.
    name: str
    version: int
    state: BookingState
    rank: int
    since: datetime | None
    # When a place is kept for it.
    offer_until: datetime | None
    # Until when it may still come: jeudi 26 novembre à minuit; empty once that is over.
    until: str

    @property
    def is_offered(self) -> bool:
        """Tell whether a place is kept, and waits for an answer."""
        return self.state is BookingState.OFFERED

    @property
    def words(self) -> str:
        """Write Cantine, avec Garderie de midi."""
        first, *along = self.services
        return f"{first}, avec {', '.join(along)}" if along else first


def of_family(family_id: int) -> list[Awaited]:
    """List what it waits for, the next day first; what only comes along stands beside its meal."""
    rows = [_Row(*row) for row in db.rows(_WAITING, family_id=family_id, today=today())]
    if not rows:
        return []
    town = catalogue.read(rows[0].day, rows[-1].day)
    by_cell = {row.cell: row for row in rows}
    return [_awaited(town, by_cell, row) for row in rows if not _comes_along(town, by_cell, row)]


def leave(account: CurrentAccount, boxes: Boxes, key: str) -> Saved:
    """Leave the list. Raises Refusal for a day of somebody else."""
    days = sorted(day_of(name) for name in boxes.seen)
    if not days or boxes.ticked or days[0] < today() or days[-1] > today() + FARTHEST_AHEAD:
        raise Refusal(Reason.UNFIT, NOT_THERE)
    return saving.save(account, (days[0], days[-1]), boxes, key, datetime.now(UTC))


def _comes_along(town: Catalogue, rows: Mapping[Cell, _Row], row: _Row) -> bool:
    bringing = town.links.bringing(row.service_id)
    return row.origin is BookingOrigin.LINKED and any(
        row.cell._replace(service=service) in rows for service in bringing
    )


def _awaited(town: Catalogue, rows: Mapping[Cell, _Row], row: _Row) -> Awaited:
    brought = sorted(town.links.brought_by(row.service_id))
    along = [
        rows[cell] for service in brought if (cell := row.cell._replace(service=service)) in rows
    ]
    return Awaited(
        day=row.day,
        child=row.first_name,
        services=[row.name, *(each.name for each in along)],
        name=f"{row.public_id}.{row.slug}.{row.day.isoformat()}",
        version=row.version,
        state=row.state,
        rank=max([row.rank, *(each.rank for each in along)]),
        since=row.waiting_since,
        offer_until=row.offer_until,
        until=_until(town, row, [row.service_id, *brought]),
    )


def _until(town: Catalogue, row: _Row, services: Sequence[int]) -> str:
    """Say until when: whoever gives places back does so before the limit of all that comes."""
    found = [town.bookable[each] for each in services if each in town.bookable]
    instant = limit_of_all([(each.book, each.agenda) for each in found], row.day)
    return spoken.limit(instant, found[0].agenda.zone) if instant > datetime.now(UTC) else ""
