"""A month as the town's invoices see it: a code for each child's day, and what it may cost.

Six statements, however many children. A day that nobody noted is what was booked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, or_, select

from app import db
from app.booking_kinds import AttendanceState, BookingState
from app.calendar.months import both_ends
from app.formats import fold
from app.models import (
    Attendance,
    Booking,
    Child,
    Enrolment,
    Family,
    FamilyChild,
    Quotient,
    Service,
    Tariff,
)
from app.services.bookings import excuses, prices
from app.services.bookings.judge import billing_codes, pricing
from app.services.bookings.judge.billing_codes import Code, Day, Difference, Seen
from app.services.bookings.judge.pricing import Rate, Situation
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.morning import unbooked_days
from app.services.bookings.prices import OF_RATE, OF_SITUATION

# An absence may have begun the month before.
LOOKED_BACK = timedelta(days=31)
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_DAYS = (
    select(
        Booking.child_id,
        Booking.service_id,
        Booking.day,
        Booking.family_id,
        Booking.state,
        Booking.late,
        *unbooked_days.WHOSE,
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
)
_RATES = select(Tariff.service_id, *OF_RATE).order_by(Tariff.service_id, Tariff.id)
_SITUATIONS = select(Quotient.family_id, *OF_SITUATION).order_by(Quotient.family_id, Quotient.first)
_CHILDREN = (
    select(
        FamilyChild.family_id,
        FamilyChild.child_id,
        select(Enrolment.id)
        .where(
            Enrolment.child_id == FamilyChild.child_id,
            Enrolment.family_id == FamilyChild.family_id,
            Enrolment.first <= _LAST,
            or_(Enrolment.last.is_(None), Enrolment.last >= _FIRST),
        )
        .exists()
        .label("comes"),
    )
    .join(Child, Child.id == FamilyChild.child_id)
    .order_by(FamilyChild.family_id, Child.birth_date, Child.id)
)


class Coded(NamedTuple):
    """A child's day at a service, coded."""

    # What is known of the child, the service and the family, as it was read.
    of: Any
    code: Code
    # None where the town gave no price.
    amount: Decimal | None
    difference: Difference | None


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
    # What was seen otherwise than booked, in the order of days.
    differences: Sequence[Coded]


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
    differing = [each for coded in whose.values() for each in coded if each.difference]
    differing.sort(key=lambda each: each.of.day)
    return OfService(number, of.service, total, children, differing)


def days(month: date) -> Iterator[Coded]:
    """Go through the days of a month that somebody pays, or might have."""
    first, last = both_ends(month)
    price = _Prices(first, last)
    excused = excuses.days(first, last)
    absences = 0
    before: tuple[int, int] | None = None
    for row in _rows(first, last):
        whose, seen = (row.child_id, row.service_id), _seen(row)
        came = seen is not None and seen.came
        if whose != before or came or row.state is BookingState.BOOKED:
            absences = 0
        absences += row.state is BookingState.ABSENT and not came
        before = whose
        cell = Cell(row.child_id, row.service_id, row.day)
        known = Day(row.state, row.late, seen, absences, cell in excused)
        code = billing_codes.code(known, row.due_absences)
        if row.day >= first and code is not Code.NONE:
            yield Coded(row, code, price.of(row, code), billing_codes.difference(known))


def _rows(first: date, last: date) -> list[Any]:
    found: list[Any] = [
        *db.rows(_DAYS, since=first - LOOKED_BACK, last=last),
        *unbooked_days.of_month(first, last),
    ]
    return sorted(found, key=_order)


def _order(row: Any) -> tuple[Any, ...]:
    names = fold(row.last_name), fold(row.first_name), row.child_id
    return (row.position, row.service_id, *names, row.day)


def _seen(row: Any) -> Seen | None:
    if row.seen is None:
        return None
    ends = row.ends_at
    left_late = row.left_at is not None and ends is not None and row.left_at > ends
    return Seen(row.seen is AttendanceState.PRESENT, left_late)


class _Prices:
    """What days cost each family."""

    def __init__(self, first: date, last: date) -> None:
        self._rates: dict[int, list[Rate]] = {}
        self._known: dict[int, list[Situation]] = {}
        row: Any
        for row in db.rows(_RATES):
            self._rates.setdefault(row[0], []).append(Rate(*row[1:]))
        for row in db.rows(_SITUATIONS):
            self._known.setdefault(row[0], []).append(Situation(*row[1:]))
        children: dict[int, dict[int, bool]] = {}
        for family, child, comes in db.rows(_CHILDREN, first=first, last=last):
            children.setdefault(family, {})[child] = comes
        self._ranks = {
            family: prices.ranks(theirs, {child for child, comes in theirs.items() if comes})
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
