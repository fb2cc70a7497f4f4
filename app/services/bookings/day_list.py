"""Who comes on a day: what the canteen and the garderie hold in their hands in the morning."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, select

from app import db
from app.models import Booking, BookingState, Child, Service
from app.services.bookings import words
from app.services.refusals import Reason, Refusal

# Who was to come and will not is on it too: nobody looks for them.
TOLD = (BookingState.BOOKED, BookingState.OFFERED, BookingState.ABSENT)

_SERVICES = select(Service.slug, Service.name).order_by(Service.position, Service.id)
_OF_DAY = (
    select(
        Service.slug,
        Service.name,
        Child.school,
        Child.class_name,
        Child.last_name,
        Child.first_name,
        Booking.state,
        Booking.late,
    )
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .where(Booking.day == bindparam("day", type_=Date), Booking.state.in_(TOLD))
    .order_by(
        Service.position,
        Service.id,
        Child.school,
        Child.class_name,
        Child.last_name,
        Child.first_name,
        Child.id,
    )
)


class Line(NamedTuple):
    """A child at a service."""

    slug: str
    service: str
    school: str
    class_name: str
    last_name: str
    first_name: str
    state: BookingState
    is_late: bool

    @property
    def remark(self) -> str:
        """Say what is not as usual."""
        if self.state is not BookingState.BOOKED:
            return words.STATES[self.state]
        return "Hors délai" if self.is_late else ""


class Heads(NamedTuple):
    """How many come to a service, from each school."""

    service: str
    coming: int
    absent: int
    by_school: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class DayList:
    """The children of a day, by service, school and class."""

    day: date
    lines: list[Line]

    def heads(self) -> list[Heads]:
        """Count them, for whoever cooks."""
        found = []
        for slug in dict.fromkeys(line.slug for line in self.lines):
            theirs = [line for line in self.lines if line.slug == slug]
            coming = [line for line in theirs if line.state is BookingState.BOOKED]
            absent = [line for line in theirs if line.state is BookingState.ABSENT]
            schools = Counter(line.school for line in coming)
            found.append(Heads(theirs[0].service, len(coming), len(absent), list(schools.items())))
        return found


def of_day(day: date, slug: str = "") -> DayList:
    """Read who comes on a day, to one service or to all. Raises Refusal for an unknown service."""
    if slug:
        known = [row.slug for row in db.rows(_SERVICES)]
        if slug not in known:
            there = ", ".join(known) or "aucun encore"
            raise Refusal(
                Reason.UNKNOWN,
                f"aucun service ne s’appelle «\u00a0{slug}\u00a0»\u00a0; il y a\u00a0: {there}",
            )
    lines = [Line(*row) for row in db.rows(_OF_DAY, day=day)]
    return DayList(day, [line for line in lines if slug in {"", line.slug}])
