"""The code of a day: what was booked, and what was seen where somebody noted it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.booking_kinds import BookingState
from app.services.bookings.judge.billing_codes import FREE, Code, Day, Seen, amount, code
from app.services.bookings.judge.pricing import Rate

CAME, LATE_LEFT, AWAY = Seen(came=True), Seen(came=True, left_late=True), Seen(came=False)
BOOKED, ABSENT, CLOSED = BookingState.BOOKED, BookingState.ABSENT, BookingState.CLOSED
WAITING, CANCELLED = BookingState.WAITING, BookingState.CANCELLED
RATE = Rate(
    date(2026, 9, 1), Decimal("4.20"), late=Decimal("6.30"), unbooked=Decimal(10), absent=Decimal(2)
)


@pytest.mark.parametrize(
    ("day", "due_absences", "expected"),
    [
        (Day(BOOKED), None, Code.NORMAL),
        (Day(BOOKED, is_late=True), None, Code.LATE),
        (Day(BOOKED, seen=CAME), None, Code.NORMAL),
        (Day(BOOKED, is_late=True, seen=CAME), None, Code.LATE),
        (Day(BOOKED, seen=LATE_LEFT), None, Code.LATE_PICKUP),
        (Day(BOOKED, seen=AWAY), None, Code.ABSENT_DUE),
        # Who did not say so pays, whatever the town forgives.
        (Day(BOOKED, seen=AWAY), 0, Code.ABSENT_DUE),
        (Day(ABSENT), None, Code.ABSENT_DUE),
        (Day(ABSENT), 0, Code.ABSENT_FREE),
        (Day(ABSENT, seen=AWAY), 0, Code.ABSENT_FREE),
        (Day(ABSENT, nth_absence=1), 1, Code.ABSENT_DUE),
        (Day(ABSENT, nth_absence=2), 1, Code.ABSENT_FREE),
        (Day(ABSENT, seen=CAME), 1, Code.NORMAL),
        (Day(CLOSED, seen=CAME), None, Code.CLOSED_FREE),
        (Day(None, seen=CAME), None, Code.UNBOOKED),
        (Day(CANCELLED, seen=CAME), None, Code.UNBOOKED),
        (Day(WAITING, seen=LATE_LEFT), None, Code.UNBOOKED),
        (Day(WAITING), None, Code.NONE),
        (Day(CANCELLED, seen=AWAY), None, Code.NONE),
        (Day(None), None, Code.NONE),
    ],
)
def test_each_day_has_one_code(day: Day, due_absences: int | None, expected: Code) -> None:
    assert code(day, due_absences) is expected


@pytest.mark.parametrize(
    ("found", "cost"),
    [
        (Code.NORMAL, "4.20"), (Code.LATE, "6.30"), (Code.UNBOOKED, "10"), (Code.ABSENT_DUE, "2"),
        (Code.LATE_PICKUP, "4.20"), (Code.ABSENT_FREE, "0"), (Code.CLOSED_FREE, "0"),
        (Code.NONE, "0"),
    ],
)  # fmt: skip
def test_each_code_has_its_price(found: Code, cost: str) -> None:
    assert amount(found, RATE, is_late=False) == Decimal(cost)


def test_who_booked_late_and_leaves_late_pays_the_late_price() -> None:
    assert amount(Code.LATE_PICKUP, RATE, is_late=True) == Decimal("6.30")


DAYS = st.builds(
    Day,
    state=st.none() | st.sampled_from(BookingState),
    is_late=st.booleans(),
    seen=st.none() | st.sampled_from([CAME, LATE_LEFT, AWAY]),
    nth_absence=st.integers(1, 10),
)


@given(DAYS, st.none() | st.integers(0, 10))
def test_nobody_pays_for_what_they_neither_booked_nor_had(day: Day, due: int | None) -> None:
    """And a town that forgives more never makes anybody pay more."""
    found = code(day, due)
    if day.state is CLOSED or (
        day.state not in {BOOKED, ABSENT} and (day.seen is None or not day.seen.came)
    ):
        assert found in FREE
    assert found in FREE or amount(found, RATE, is_late=day.is_late) > 0
    lenient = code(day, 0)
    assert amount(lenient, RATE, is_late=day.is_late) <= amount(found, RATE, is_late=day.is_late)
