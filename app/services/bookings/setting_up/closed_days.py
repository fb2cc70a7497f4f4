"""Days that the calendar closes though families booked them: nobody told them, and they count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from app import db
from app.calendar import ONE_DAY
from app.formats import today
from app.models import HOLDING, Booking, BookingState, Service
from app.services.bookings import catalogue
from app.services.bookings.judge.agenda import BY_CALENDAR
from app.services.bookings.setting_up.calendar import Line

_DAYS: BindParameter[Any] = bindparam("days", expanding=True)
_BOOKED = (
    select(Service.id, Service.slug, Booking.day, func.count(Booking.id).label("bookings"))
    .join(Booking, Booking.service_id == Service.id)
    .where(
        Booking.day.in_(_DAYS),
        Booking.state.in_((*HOLDING, BookingState.WAITING)),
        Service.archived_at.is_(None),
    )
    .group_by(Service.id, Service.slug, Booking.day)
    .order_by(Booking.day, Service.id)
)


@dataclass(slots=True)
class StillBooked:
    """Some days of one line of the calendar, and what is booked there all the same."""

    name: str
    first: date
    last: date
    bookings: int = 0
    services: set[str] = field(default_factory=set)


def still_booked(lines: Sequence[Line]) -> Sequence[StillBooked]:
    """List those of some lines, from today on: one statement where nothing is wrong."""
    named = {day: line for line in lines if line.is_confirmed for day in _to_come(line)}
    rows = db.rows(_BOOKED, days=sorted(named)) if named else []
    if not rows:
        return []
    bookable = catalogue.read(rows[0].day, rows[-1].day).bookable
    found: dict[int, StillBooked] = {}
    for row in rows:
        # One that was closed by itself had its bookings taken away, and its families told.
        if bookable[row.id].agenda.sort(row.day) in BY_CALENDAR:
            line = named[row.day]
            each = found.setdefault(line.number, StillBooked(line.name, row.day, row.day))
            each.last = row.day
            each.bookings += row.bookings
            each.services.add(row.slug)
    return list(found.values())


def _to_come(line: Line) -> Sequence[date]:
    first = max(line.first, today())
    return [first + number * ONE_DAY for number in range((line.last - first).days + 1)]
