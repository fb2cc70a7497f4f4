"""What became of the days that a family saved at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import bindparam, case, select

from app import db, formats
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import today
from app.models import (
    FAMILY,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingState,
    Child,
    Service,
)
from app.services.bookings.places import RANK
from app.services.bookings.weeks import name_of_week

# More than that is no list to read through.
MOST_DAYS = 12

_BATCH = select(
    BookingBatch.id,
    BookingBatch.at,
    BookingBatch.refused,
).where(BookingBatch.public_id == bindparam("public_id"), BookingBatch.family_id == FAMILY)
_LINES = (
    select(
        Booking.day,
        Child.first_name,
        Service.name,
        BookingEvent.new,
        case((BookingEvent.new == Booking.state, RANK), else_=0).label("rank"),
        BookingEvent.late,
    )
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(BookingEvent.batch_id == bindparam("batch_id"))
    .order_by(Booking.day, Child.birth_date, Child.id, Service.position, Service.id)
)


class Line(NamedTuple):
    """What became of a child's day at a service."""

    day: date
    child: str
    service: str
    state: BookingState
    # In the waiting list, as it is now.
    rank: int
    # Past the limit, at the price of that.
    is_late: bool = False


class Became(NamedTuple):
    """What a child's day has become, at some services."""

    child: str
    services: str
    state: BookingState
    rank: int
    is_late: bool


class InMonth(NamedTuple):
    """What a child has on several days of a month alike."""

    child: str
    services: str
    state: BookingState
    number: int


class Month(NamedTuple):
    """The days of a month, told together; each of them for whoever asks."""

    title: str
    days: dict[date, list[Became]]

    @property
    def told(self) -> list[InMonth]:
        """Count the days that are alike."""
        counted: Counter[tuple[str, str, BookingState]] = Counter(
            each[:3] for lines in self.days.values() for each in lines
        )
        return [InMonth(*same, count) for same, count in counted.items()]


class Outcome(NamedTuple):
    """What was saved at once."""

    at: datetime
    # How many days could not be saved with the others.
    refused: int
    lines: Sequence[Line]

    @property
    def is_absence(self) -> bool:
        """Tell whether days are missed, rather than booked or given back."""
        return any(line.state is BookingState.ABSENT for line in self.lines)

    @property
    def days(self) -> dict[date, list[Became]]:
        """Put together what a child has on a day, where the same became of it."""
        days: dict[date, dict[tuple[str, BookingState, int, bool], list[str]]] = {}
        for line in self.lines:
            same = days.setdefault(line.day, {})
            key = line.child, line.state, line.rank, line.is_late
            same.setdefault(key, []).append(line.service)
        return {
            day: [
                Became(child, ", ".join(services), state, rank, is_late)
                for (child, state, rank, is_late), services in same.items()
            ]
            for day, same in days.items()
        }

    @property
    def months(self) -> list[Month]:
        """Put the days of a year together by month; none where there are few to read."""
        days = self.days
        if len(days) <= MOST_DAYS:
            return []
        return [
            Month(formats.month(first).capitalize(), {day: days[day] for day in some})
            for first, some in groupby(days, key=lambda day: day.replace(day=1))
        ]

    @property
    def week(self) -> str:
        """Name the week that it is about."""
        day = self.lines[0].day if self.lines else today()
        return name_of_week(day - day.weekday() * ONE_DAY)

    @property
    def next_week(self) -> str:
        """Name the one after."""
        day = self.lines[0].day if self.lines else today()
        return name_of_week(day - day.weekday() * ONE_DAY + ONE_WEEK)


def of(family_id: int, public_id: str) -> Outcome | None:
    """Find what a family saved; another family's does not exist."""
    found = db.rows(_BATCH, family_id=family_id, public_id=public_id)
    if not found:
        return None
    [(number, at, refused)] = found
    lines = [Line(*row) for row in db.rows(_LINES, batch_id=number)]
    return Outcome(at, refused, lines)
