"""The waiting lists as the town hall reads them: who waits, since when, and what is left."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, case, func, or_, select

from app import db
from app.booking_kinds import BookingOrigin, BookingState
from app.formats import today
from app.models import Booking, Child, Family, Place, Service, ServiceGroup

AWAITED = (BookingState.WAITING, BookingState.OFFERED)

# Wider than statements are typed.
_LINES: Any = (
    select(
        Booking.public_id,
        Booking.day,
        Service.name.label("service"),
        Child.first_name,
        Child.last_name,
        Child.school,
        Child.class_name,
        Booking.family_id,
        Family.number,
        Booking.state,
        Booking.waiting_since,
        Booking.offer_until,
        Place.capacity,
        Place.taken,
        func.coalesce(ServiceGroup.name, "").label("group"),
    )
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Family, Family.id == Booking.family_id)
    .outerjoin(
        Place,
        (Place.service_id == Booking.service_id)
        & (Place.group_id == Booking.group_id)
        & (Place.day == Booking.day),
    )
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .where(
        Booking.day >= bindparam("today", type_=Date),
        Booking.state.in_(AWAITED),
        # What comes along waits beside what brings it.
        Booking.origin != BookingOrigin.LINKED,
    )
    # Who is being asked comes first, then who waits longest.
    .order_by(
        Booking.day,
        Service.position,
        Service.id,
        Booking.group_id,
        case((Booking.state == BookingState.OFFERED, 0), else_=1),
        Booking.waiting_since,
        Booking.id,
    )
)
_ALL: Any = _LINES.where(or_(bindparam("slug") == "", Service.slug == bindparam("slug")))
_ONE: Any = _LINES.where(Booking.public_id == bindparam("public_id"))


class Waiter(NamedTuple):
    """A child who waits for a place, or whose family is asked whether it still wants it."""

    public_id: str
    day: date
    service: str
    first_name: str
    last_name: str
    school: str
    class_name: str
    family_id: int
    family_number: str
    state: BookingState
    since: datetime | None
    offer_until: datetime | None
    capacity: int | None
    taken: int | None
    # That has places of its own; empty for those of the service itself.
    group: str

    @property
    def child(self) -> str:
        """Write it whole."""
        return f"{self.first_name} {self.last_name}"

    @property
    def is_offered(self) -> bool:
        """Tell whether a place is kept until the family answers."""
        return self.state is BookingState.OFFERED

    @property
    def is_full(self) -> bool:
        """Tell whether giving a place is giving one more than there are."""
        if self.is_offered or self.capacity is None or self.taken is None:
            return False
        return self.taken >= self.capacity


class Queue(NamedTuple):
    """Those who wait for the same places of one day, in their order."""

    day: date
    service: str
    group: str
    waiters: Sequence[Waiter]

    @property
    def ranked(self) -> list[tuple[int, Waiter]]:
        """Number those who wait; whoever is being asked has no rank any more."""
        offered = sum(each.is_offered for each in self.waiters)
        return [(max(0, place - offered), each) for place, each in enumerate(self.waiters, start=1)]

    @property
    def left(self) -> int | None:
        """Count the places that are left; None for as many as come."""
        first = self.waiters[0]
        if first.capacity is None or first.taken is None:
            return None
        return first.capacity - first.taken


def queues(slug: str = "") -> list[Queue]:
    """List those of the days to come, of one service or of all."""
    rows: Any = db.rows(_ALL, today=today(), slug=slug)
    waiters = [Waiter(*row) for row in rows]
    return [
        Queue(*places, list(theirs))
        for places, theirs in groupby(waiters, lambda each: (each.day, each.service, each.group))
    ]


def find(public_id: str) -> Waiter | None:
    """Find who waits; nobody whose day is over, or who waits no more."""
    rows: Any = db.rows(_ONE, today=today(), public_id=public_id)
    return next((Waiter(*row) for row in rows), None)
