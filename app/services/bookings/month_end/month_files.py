"""A month for the town's own software: what was booked, and how many came from each school.

Children, services and families are named as that software names them; its cells are written as they
are, for another program to read.
"""

import io
from datetime import date

from sqlalchemy import ColumnElement, Date, bindparam, case, func, select

from app import db, spreadsheets
from app.calendar.months import both_ends
from app.formats import plain_amount
from app.models import AttendanceState, Booking, BookingState, Child, Family, Service, ServiceGroup
from app.services.bookings.judge.notation import clock

STATES = {
    BookingState.BOOKED: "RESERVE",
    BookingState.WAITING: "ATTENTE",
    BookingState.OFFERED: "PROPOSE",
    BookingState.CANCELLED: "ANNULE",
    BookingState.ABSENT: "ABSENT",
    BookingState.CLOSED: "FERME",
}
BOOKINGS = ("enfant_id", "service_id", "date", "etat", "famille_id", "horsDelai")
HEADS = ("date", "service_id", "ecole", "reserves", "absents", "groupe")
PRESENCES = (
    "enfant_id", "famille_id", "service_id", "date", "reserve", "horsDelai", "present", "arrivee",
    "depart", "motif", "codeFacturation", "montantEstime",
)  # fmt: skip
COUNTED = (BookingState.BOOKED, BookingState.ABSENT)

_WITHIN = Booking.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
_BOOKINGS = (
    select(
        Child.source_id.label("child"),
        Service.source_id.label("service"),
        Booking.day,
        Booking.state,
        Family.source_id.label("family"),
        Booking.late,
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .join(Family, Family.id == Booking.family_id)
    .where(_WITHIN)
    .order_by(Booking.day, Booking.service_id, Booking.child_id)
)


def _number_of(state: BookingState) -> ColumnElement[int]:
    return func.sum(case((Booking.state == state, 1), else_=0))


_HEADS = (
    select(
        Booking.day,
        Service.source_id.label("service"),
        Child.school,
        _number_of(BookingState.BOOKED).label("coming"),
        _number_of(BookingState.ABSENT).label("absent"),
        ServiceGroup.name.label("group_name"),
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .where(_WITHIN, Booking.state.in_(COUNTED))
    .group_by(
        Booking.day,
        Service.position,
        Service.id,
        Service.source_id,
        Child.school,
        Booking.group_id,
        ServiceGroup.name,
    )
    .order_by(Booking.day, Service.position, Service.id, Child.school, Booking.group_id)
)


def bookings(month: date) -> bytes:
    """Write all that was booked in the month of a day, whatever became of it."""
    out = io.StringIO()
    lines = spreadsheets.writer(out)
    lines.writerow(BOOKINGS)
    for child, service, day, state, family, late in db.rows(_BOOKINGS, **_of(month)):
        lines.writerow(
            (child, service, day.isoformat(), STATES[state], family, "OUI" if late else "NON")
        )
    return out.getvalue().encode(spreadsheets.ENCODING)


def heads(month: date) -> bytes:
    """Write how many children came each day to each service, from each school and group."""
    rows = [
        (day.isoformat(), service, school, int(coming), int(absent), group or "")
        for day, service, school, coming, absent, group in db.rows(_HEADS, **_of(month))
    ]
    return spreadsheets.table(HEADS, rows)


def presences(month: date) -> bytes:
    """Write what each child's day is to the town's invoice, as an estimate."""
    from app.services.bookings.month_end import day_reasons, month_codes

    reason = day_reasons.of_month(month)
    rows = [
        (
            each.of.child_key, each.of.family_key, each.of.service_key, each.of.day.isoformat(),
            _yes_or_no(is_it=each.of.state in COUNTED), _yes_or_no(is_it=each.of.late),
            _came(each.of.seen), _hour(each.of.arrived_at), _hour(each.of.left_at),
            reason(each), each.code.value,
            "" if each.amount is None else plain_amount(each.amount),
        )
        for each in month_codes.days(month)
    ]  # fmt: skip
    return spreadsheets.table(PRESENCES, rows)


def _came(seen: AttendanceState | None) -> str:
    return "" if seen is None else _yes_or_no(is_it=seen is AttendanceState.PRESENT)


def _hour(minute: int | None) -> str:
    return "" if minute is None else clock(minute)


def _yes_or_no(*, is_it: bool) -> str:
    return "OUI" if is_it else "NON"


def _of(month: date) -> dict[str, date]:
    first, last = both_ends(month)
    return {"first": first, "last": last}
