"""A child who was there without a booking: the family is told the same evening, not by the invoice.

Who was there is corrected on the tablet until then.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Date, bindparam, select, update

from app import db
from app.booking_kinds import AttendanceState
from app.calendar import ONE_DAY
from app.formats import day_and_month, day_of, today, town_zone
from app.models import (
    FAMILY,
    Attendance,
    Booking,
    Child,
    Enrolment,
    FamilyChild,
    Service,
)
from app.services import journal
from app.services.actors import PORTAL
from app.services.bookings.morning.noted import TOLD
from app.services.mail import notices

# Children are fetched by then, and parents are at home.
EVENING = time(19)
# On the page of a child: as long as somebody may still say that it is wrong.
SHOWN = timedelta(days=31)
_IS_BOOKED = (
    select(Booking.id)
    .where(
        Booking.child_id == Attendance.child_id,
        Booking.service_id == Attendance.service_id,
        Booking.day == Attendance.day,
        Booking.state.in_(TOLD),
    )
    .exists()
)
_IS_UNBOOKED = (Attendance.state == AttendanceState.PRESENT, ~_IS_BOOKED)
_TO_TELL = (
    select(Attendance.id, Attendance.day, Enrolment.family_id)
    .join(
        Enrolment,
        (Enrolment.child_id == Attendance.child_id)
        & (Enrolment.service_id == Attendance.service_id)
        & (Enrolment.first <= Attendance.day)
        & (Enrolment.last.is_(None) | (Enrolment.last >= Attendance.day)),
    )
    .where(
        Attendance.day.between(bindparam("since", type_=Date), bindparam("until", type_=Date)),
        Attendance.told_at.is_(None),
        *_IS_UNBOOKED,
    )
    .order_by(Attendance.id, Enrolment.family_id)
)
_OF_CHILD = (
    select(Attendance.day, Service.name)
    .join(Service, Service.id == Attendance.service_id)
    .join(Child, Child.id == Attendance.child_id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(
        FamilyChild.family_id == FAMILY,
        Child.public_id == bindparam("public_id"),
        Attendance.day >= bindparam("since", type_=Date),
        *_IS_UNBOOKED,
    )
    .order_by(Attendance.day.desc(), Service.position, Service.id)
)


class Presence(NamedTuple):
    """A day on which a child came to a service that was not booked."""

    day: date
    service: str


def of_child(family_id: int, public_id: str) -> list[Presence]:
    """List the latest of a child, the newest first: one statement."""
    asked = {"family_id": family_id, "public_id": public_id, "since": today() - SHOWN}
    return [Presence(*row) for row in db.rows(_OF_CHILD, **asked)]


def tell(now: datetime | None = None) -> int:
    """Tell the families of today, once it is evening, and those of yesterday; count them.

    Each once, whoever does it: a family has one mail for a day, however many children came.
    """
    now = now or datetime.now(UTC)
    on = day_of(now)
    is_evening = now.astimezone(town_zone()).time() >= EVENING
    days = {"since": on - ONE_DAY, "until": on if is_evening else on - ONE_DAY}
    if not db.rows(_TO_TELL, **days):
        return 0
    with db.transaction() as session:
        found = session.execute(_TO_TELL, days).all()
        told = session.scalars(
            update(Attendance)
            .where(Attendance.id.in_({row.id for row in found}), Attendance.told_at.is_(None))
            .values(told_at=now)
            .returning(Attendance.id)
            .execution_options(synchronize_session=False)
        ).all()
        families = {(row.day, row.family_id) for row in found if row.id in set(told)}
        for day, family_id in sorted(families):
            notices.tell_of_presence(session, family_id, day=day_and_month(day))
            journal.record_of_family(session, "presence_told", PORTAL, family_id)
    return len(families)
