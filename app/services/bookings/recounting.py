"""Counts the places that are taken again, and tells where what is kept says otherwise.

The count is kept because a page would take 50 ms to make it; nothing but a fault makes it wrong.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select

from app import db
from app.formats import today
from app.models import HOLDING, Booking, Place, Service, ServiceGroup
from app.services import journal
from app.services.actors import Actor
from app.services.bookings.groups import group_work

_HELD = func.count(Booking.id)
_WRONG = (
    select(
        Service.id,
        Service.name,
        func.coalesce(ServiceGroup.name, "").label("group"),
        Place.day,
        Place.taken,
        _HELD.label("held"),
    )
    .join(Service, Service.id == Place.service_id)
    .outerjoin(
        Booking,
        and_(
            Booking.service_id == Place.service_id,
            Booking.group_id == Place.group_id,
            Booking.day == Place.day,
            Booking.state.in_(HOLDING),
        ),
    )
    .outerjoin(ServiceGroup, ServiceGroup.id == Place.group_id)
    .group_by(Service.id, Service.name, Place.group_id, ServiceGroup.name, Place.day, Place.taken)
    .having(Place.taken != _HELD)
    .order_by(Place.day, Service.position, Service.id, Place.group_id)
)


class Difference(NamedTuple):
    """A day of a service of which the count is wrong."""

    service_id: int
    service: str
    # Empty for the places of the service itself.
    group: str
    day: date
    kept: int
    counted: int

    @property
    def name(self) -> str:
        """Name the service, with the group that is counted."""
        return f"{self.service} ({self.group})" if self.group else self.service


def differences() -> list[Difference]:
    """Count all of them again."""
    return [Difference(*row) for row in db.rows(_WRONG)]


def put_right(by: Actor) -> list[Difference]:
    """Write the right counts of the days to come; return what was wrong.

    Days that are over stay: nobody books them any more. A day at a time, so that whoever books
    waits for one of them; then each day to come counts where its child is.
    """
    wrong = [each for each in differences() if each.day >= today()]
    for number in sorted({each.service_id for each in wrong}):
        group_work.count_again(number)
    group_work.follow_all()
    if wrong:
        with db.transaction() as session:
            journal.record(session, "places_recounted", by, rows_changed=str(len(wrong)))
    return wrong
