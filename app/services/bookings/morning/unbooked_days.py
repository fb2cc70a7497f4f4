"""The days on which a child came and nothing had ever been booked: whose they are, in a month.

Of two homes, the one whose week it is pays; where nobody said whose it is, the first enrolled.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Date, bindparam, false, null, select

from app import db
from app.booking_kinds import AttendanceState
from app.models import Attendance, Booking, Child, Custody, Enrolment, Family, Service
from app.services.bookings.at_home import TURNS, turns_of

# What is read of a day beside whether it was booked, to be counted and billed.
WHOSE = (
    Child.source_id.label("child_key"),
    Child.last_name,
    Child.first_name,
    Child.school,
    Service.position,
    Service.source_id.label("service_key"),
    Service.name.label("service"),
    Service.due_absences,
    Service.ends_at,
    Family.source_id.label("family_key"),
    Family.number.label("family_number"),
    Attendance.state.label("seen"),
    Attendance.arrived_at,
    Attendance.left_at,
)
_NEVER_BOOKED = ~(
    select(Booking.id)
    .where(
        Booking.child_id == Attendance.child_id,
        Booking.service_id == Attendance.service_id,
        Booking.day == Attendance.day,
    )
    .exists()
)
_DAYS = (
    select(
        Attendance.id,
        Attendance.child_id,
        Attendance.service_id,
        Attendance.day,
        null().label("state"),
        false().label("late"),
        Enrolment.family_id,
        *WHOSE,
        *TURNS,
    )
    .join(Child, Child.id == Attendance.child_id)
    .join(Service, Service.id == Attendance.service_id)
    .join(
        Enrolment,
        (Enrolment.child_id == Attendance.child_id)
        & (Enrolment.service_id == Attendance.service_id)
        & (Enrolment.first <= Attendance.day)
        & (Enrolment.last.is_(None) | (Enrolment.last >= Attendance.day)),
    )
    .join(Family, Family.id == Enrolment.family_id)
    .outerjoin(
        Custody,
        (Custody.child_id == Attendance.child_id) & (Custody.family_id == Enrolment.family_id),
    )
    .where(
        Attendance.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        Attendance.state == AttendanceState.PRESENT,
        _NEVER_BOOKED,
    )
    .order_by(
        Service.position,
        Service.id,
        Child.last_name,
        Child.first_name,
        Child.id,
        Attendance.day,
        Enrolment.id,
    )
)


def of_month(first: date, last: date) -> Iterator[Any]:
    """Go through them, one for each child, service and day: one statement."""
    for _, rows in groupby(db.rows(_DAYS, first=first, last=last), attrgetter("id")):
        homes = list(rows)
        yield next(filter(_is_here, homes), homes[0])


def _is_here(row: Any) -> bool:
    turns = turns_of(row)
    return turns is None or turns.is_here(row.day)
