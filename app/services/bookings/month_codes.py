"""A month as the town's invoices see it: a code for each child's day, and what it may cost.

Seven statements, however many children.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, select

from app import db
from app.booking_kinds import AttendanceState, BookingState
from app.calendar.months import both_ends
from app.models import (
    Attendance,
    Booking,
    Child,
    DayState,
    Enrolment,
    Family,
    FamilyChild,
    Quotient,
    Service,
    ServiceDay,
    Tariff,
)
from app.services.bookings import billing_codes, prices, pricing, unbooked_days
from app.services.bookings.billing_codes import Code, Day, Seen
from app.services.bookings.prices import OF_RATE, OF_SITUATION
from app.services.bookings.pricing import Rate, Situation

# An absence may have begun the month before.
LOOKED_BACK = timedelta(days=31)
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_DAYS = (
    select(
        Booking.child_id,
        Booking.service_id,
        Booking.day,
        Booking.state,
        Booking.late,
        Booking.family_id,
        Child.source_id.label("child_key"),
        Child.last_name,
        Child.first_name,
        Child.school,
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
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .join(Family, Family.id == Booking.family_id)
    .outerjoin(
        Attendance,
        (Attendance.child_id == Booking.child_id)
        & (Attendance.service_id == Booking.service_id)
        & (Attendance.day == Booking.day),
    )
    .where(Booking.day.between(bindparam("since", type_=Date), _LAST))
    .order_by(
        Service.position, Service.id, Child.last_name, Child.first_name, Child.id, Booking.day
    )
)
_RATES = select(Tariff.service_id, *OF_RATE).order_by(Tariff.service_id, Tariff.id)
_SITUATIONS = select(Quotient.family_id, *OF_SITUATION).order_by(Quotient.family_id, Quotient.first)
_CHILDREN = (
    select(FamilyChild.family_id, FamilyChild.child_id)
    .join(Child, Child.id == FamilyChild.child_id)
    .order_by(FamilyChild.family_id, Child.birth_date, Child.id)
)
_ENROLLED = select(Enrolment.family_id, Enrolment.child_id).where(
    Enrolment.first <= _LAST, (Enrolment.last.is_(None)) | (Enrolment.last >= _FIRST)
)
_CLOSED = select(ServiceDay.service_id, ServiceDay.day, ServiceDay.school, ServiceDay.reason).where(
    ServiceDay.state == DayState.CLOSED, ServiceDay.day.between(_FIRST, _LAST)
)


class Coded(NamedTuple):
    """A child's day at a service, coded."""

    # What is known of the child, the service and the family, as it was read.
    of: Any
    code: Code
    # None where the town gave no price.
    amount: Decimal | None
    reason: str


@dataclass(slots=True)
class Total:
    """How many days of each code, and what they may cost together."""

    codes: Counter[Code] = field(default_factory=Counter)
    amount: Decimal = Decimal(0)
    # Of a day that has no price, the whole has none.
    is_priced: bool = True

    def add(self, day: Coded) -> None:
        """Count one more day."""
        self.codes[day.code] += 1
        self.is_priced = self.is_priced and day.amount is not None
        self.amount += day.amount or 0


class OfChild(NamedTuple):
    """A child's month at a service."""

    child: str
    school: str
    family_number: str
    total: Total


class OfService(NamedTuple):
    """A service's month."""

    number: int
    name: str
    total: Total
    children: Sequence[OfChild]


def services(month: date) -> list[OfService]:
    """Add a month up, by service and by child."""
    found: dict[int, dict[tuple[int, int], list[Coded]]] = {}
    for each in days(month):
        whose = found.setdefault(each.of.service_id, {})
        whose.setdefault((each.of.child_id, each.of.family_id), []).append(each)
    return [_service(number, whose) for number, whose in found.items()]


def _service(number: int, whose: Mapping[tuple[int, int], list[Coded]]) -> OfService:
    total, children = Total(), []
    for coded in whose.values():
        own, of = Total(), coded[0].of
        for each in coded:
            own.add(each)
            total.add(each)
        name = f"{of.last_name} {of.first_name}"
        children.append(OfChild(name, of.school, of.family_number, own))
    return OfService(number, of.service, total, children)


def days(month: date) -> Iterator[Coded]:
    """Go through the days of a month that somebody pays, or might have."""
    first, last = both_ends(month)
    within = {"first": first, "last": last, "since": first - LOOKED_BACK}
    price = _Prices(within)
    closed = {tuple(row[:3]): row.reason for row in db.rows(_CLOSED, first=first, last=last)}
    absences = 0
    before: tuple[int, int] | None = None
    for row in db.rows(_DAYS, since=within["since"], last=last):
        whose = row.child_id, row.service_id
        if whose != before or row.state is BookingState.BOOKED:
            absences = 0
        absences += row.state is BookingState.ABSENT
        before = whose
        day = Day(row.state, row.late, _seen(row), absences)
        code = billing_codes.code(day, row.due_absences)
        if row.day < first or code is Code.NONE:
            continue
        reason = closed.get((row.service_id, row.day, row.school)) or closed.get(
            (row.service_id, row.day, "")
        )
        yield Coded(
            row, code, price.of(row, code), (reason or "") if code is Code.CLOSED_FREE else ""
        )
    for row in unbooked_days.of_month(first, last):
        yield Coded(row, Code.UNBOOKED, price.of(row, Code.UNBOOKED), "")


def _seen(row: Any) -> Seen | None:
    """Read what was noted of a day; None where nothing was."""
    if row.seen is None:
        return None
    left_late = None not in {row.left_at, row.ends_at} and row.left_at > row.ends_at
    return Seen(row.seen is AttendanceState.PRESENT, left_late)


class _Prices:
    """What days cost each family."""

    def __init__(self, within: Mapping[str, date]) -> None:
        self._rates: dict[int, list[Rate]] = {}
        self._known: dict[int, list[Situation]] = {}
        row: Any
        for row in db.rows(_RATES):
            self._rates.setdefault(row[0], []).append(Rate(*row[1:]))
        for row in db.rows(_SITUATIONS):
            self._known.setdefault(row[0], []).append(Situation(*row[1:]))
        asked = {"first": within["first"], "last": within["last"]}
        enrolled = {tuple(row) for row in db.rows(_ENROLLED, **asked)}
        children: dict[int, list[int]] = {}
        for family, child in db.rows(_CHILDREN):
            children.setdefault(family, []).append(child)
        self._ranks = {
            family: prices.ranks(theirs, {child for child in theirs if (family, child) in enrolled})
            for family, theirs in children.items()
        }

    def of(self, row: Any, code: Code) -> Decimal | None:
        """Estimate what a day costs; None where the town gave no price."""
        if code in billing_codes.FREE:
            return Decimal(0)
        rates = self._rates.get(row.service_id, [])
        family = pricing.situation(self._known.get(row.family_id, ()), row.day)
        rank = self._ranks.get(row.family_id, {}).get(row.child_id, 1)
        rate = pricing.rate(rates, family, rank, row.day)
        return None if rate is None else billing_codes.amount(code, rate, is_late=row.late)
