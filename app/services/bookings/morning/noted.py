"""Who is told of on a list of the morning, and what a tablet noted of them."""

from sqlalchemy import and_

from app.booking_kinds import AttendanceState, BookingState
from app.models import Attendance, Booking
from app.services.bookings.judge import spoken

# Who was to come and will not is on a list too: nobody looks for them.
TOLD = (BookingState.BOOKED, BookingState.OFFERED, BookingState.ABSENT)
COLUMNS = (Attendance.state.label("seen"), Attendance.arrived_at, Attendance.left_at)
# To join it to a booking.
OF_BOOKING = and_(
    Attendance.child_id == Booking.child_id,
    Attendance.service_id == Booking.service_id,
    Attendance.day == Booking.day,
)


def said(seen: AttendanceState | None, arrived_at: int | None, left_at: int | None) -> list[str]:
    """Write absent; or là à 11 h 40, parti à 17 h 10."""
    if seen is AttendanceState.ABSENT:
        return ["absent"]
    told = []
    if arrived_at is not None:
        told.append(f"là à {spoken.hour(arrived_at)}")
    if left_at is not None:
        told.append(f"parti à {spoken.hour(left_at)}")
    return told
