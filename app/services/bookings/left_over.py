"""What a family still has of services at which a child is enrolled no more: moved away, left early.

Ending an enrolment cancels nothing by itself, as a mistake would not be undone by enrolling again.
"""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, exists, func, or_, select

from app import db
from app.formats import day_in_words, today
from app.models import FAMILY, Booking, BookingOrigin, Child, Enrolment, Service
from app.services.actors import CurrentClerk
from app.services.bookings import batches, deciding, places, reading, saving, telling
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.standing import LIVE
from app.services.bookings.wishes import gives_up

_DAY = bindparam("day", type_=Date)
_LEFT_OVER = (
    Booking.family_id == FAMILY,
    Booking.day >= _DAY,
    Booking.state.in_(sorted(LIVE)),
    Booking.origin != BookingOrigin.LINKED,
    ~exists().where(
        Enrolment.child_id == Booking.child_id,
        Enrolment.service_id == Booking.service_id,
        Enrolment.family_id == FAMILY,
        Enrolment.first <= Booking.day,
        or_(Enrolment.last.is_(None), Enrolment.last >= Booking.day),
    ),
)
_DAYS = (
    select(Booking.child_id, Booking.service_id, Booking.day)
    .where(*_LEFT_OVER)
    .order_by(Booking.day, Booking.id)
)
_OF_FAMILY: Select[*tuple[Any, ...]] = (
    select(
        Child.first_name,
        Service.name,
        func.count(Booking.id),
        func.min(Booking.day),
        func.max(Booking.day),
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(*_LEFT_OVER)
    .group_by(Child.id, Service.id)
    .order_by(Child.birth_date, Child.id, Service.position, Service.id)
)


class LeftOver(NamedTuple):
    """What is still booked of a service at which the child is enrolled no more."""

    child: str
    service: str
    days: int
    first: date
    last: date

    @property
    def when(self) -> str:
        """Write « du 30 novembre 2026 au 3 décembre 2026 »."""
        first = day_in_words(self.first)
        return f"le {first}" if self.days == 1 else f"du {first} au {day_in_words(self.last)}"


def of_family(family_id: int) -> list[LeftOver]:
    """List what the family still has of services that the child is enrolled at no more."""
    return [LeftOver(*row) for row in db.rows(_OF_FAMILY, family_id=family_id, day=today())]


def give_back(family_id: int, by: CurrentClerk) -> int:
    """Cancel all of that, with what comes along, and tell the family; return how many days."""
    with db.transaction() as session:
        rows = session.execute(_DAYS, {FAMILY.key: family_id, "day": today()}).all()
        if not rows:
            return 0
        first, last = rows[0].day, max(row.day for row in rows)
        cells = {Cell(*row) for row in rows}
        known = reading.known(family_id, first, last)
        touched = [each for cell in cells for each in (cell, *known.along(cell))]
        places.lock_cells(session, known.town, touched)
        known = reading.known(family_id, first, last)
        wishes = list(gives_up(known, set(filter(known.is_live, cells)), Act.WITHDRAW))
        decided = deciding.decide(known, wishes, datetime.now(UTC))
        if not any(each.state for each in decided):
            # Somebody else did it at the same moment, or all of it is invoiced.
            return 0
        batch = batches.by_town(session, family_id, by)
        saving.write(session, known, batch, decided, BookingOrigin.STAFF)
        telling.saved(session, by, batch)
        return batch.removed
