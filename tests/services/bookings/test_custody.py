"""Whose week it is: by the weeks of the year, or every other one, and where the two part."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.booking_kinds import CustodyPattern
from app.services.bookings.judge.custody import Turns
from tests.support.rules import near_days, weekdays

EVEN, ODD, ALTERNATE = CustodyPattern
ONE_DAY = timedelta(days=1)
FRIDAY = 4
# Week 49 of 2026.
MONDAY = date(2026, 11, 30)
patterns = st.sampled_from(CustodyPattern)


def turns(pattern: CustodyPattern, handover: int = 0, anchor: date = MONDAY) -> Turns:
    return Turns(pattern, handover, anchor)


@pytest.mark.parametrize(
    ("of", "day", "is_here"),
    [
        (turns(ODD), MONDAY, True),
        (turns(EVEN), MONDAY, False),
        (turns(EVEN), date(2026, 12, 7), True),
        # From Friday of an even week to the next: handed over on Friday, both may book.
        (turns(EVEN, FRIDAY), date(2026, 12, 11), True),
        (turns(EVEN, FRIDAY), date(2026, 12, 17), True),
        (turns(EVEN, FRIDAY), date(2026, 12, 18), True),
        (turns(EVEN, FRIDAY), date(2026, 12, 19), False),
        (turns(ODD, FRIDAY), date(2026, 12, 18), True),
        (turns(ALTERNATE), MONDAY + 14 * ONE_DAY, True),
        (turns(ALTERNATE), MONDAY - 7 * ONE_DAY, False),
        # An anchor is any day of one of the weeks.
        (turns(ALTERNATE, anchor=date(2026, 12, 4)), MONDAY, True),
    ],
)  # fmt: skip
def test_a_day_is_of_the_home_that_has_the_week(of: Turns, day: date, is_here: bool) -> None:
    assert of.is_here(day) is is_here


@settings(deadline=None)
@given(near_days, weekdays)
def test_two_homes_never_miss_a_day_nor_share_one_but_the_hand_over(
    day: date, handover: int
) -> None:
    """Even and odd weeks; every other week, from weeks that follow each other."""
    is_shared = handover != 0 and day.weekday() == handover
    later = MONDAY + 7 * ONE_DAY
    for one, other in (
        (turns(EVEN, handover), turns(ODD, handover)),
        (turns(ALTERNATE, handover), turns(ALTERNATE, handover, later)),
    ):
        assert one.is_here(day) or other.is_here(day)
        if not is_shared:
            assert one.is_here(day) is not other.is_here(day)


@settings(deadline=None)
@given(near_days, weekdays)
def test_every_other_week_knows_no_year(day: date, handover: int) -> None:
    of = turns(ALTERNATE, handover)
    assert of.is_here(day) is of.is_here(day + 14 * ONE_DAY)


@settings(deadline=None)
@given(patterns, near_days, weekdays)
def test_the_weeks_that_are_listed_are_those_of_the_home(
    pattern: CustodyPattern, since: date, handover: int
) -> None:
    of = turns(pattern, handover)
    listed = {
        first + number * ONE_DAY
        for first, last in of.weeks(since, 10)
        for number in range((last - first).days + 1)
    }
    # The first days may end a week that began before.
    for day in (since + number * ONE_DAY for number in range(8, 60)):
        assert (day in listed) is of.is_here(day)


def test_a_year_of_53_weeks_gives_one_home_two_in_a_row() -> None:
    """2026 has one: the odd home has the weeks that begin in it and after it."""
    of = turns(ODD)
    weeks = [first for first, _ in of.weeks(date(2026, 12, 14), 5)]
    assert weeks == [date(2026, 12, 14), date(2026, 12, 28), date(2027, 1, 4)]
    assert (of.warning(date(2026, 12, 16), 3) or "").replace("\u00a0", " ") == (
        "Les semaines 53 (28 décembre) et 1 (4 janvier) sont toutes deux impaires :"
        " vérifiez avec l’autre parent."
    )


@pytest.mark.parametrize(
    ("of", "since"),
    [
        # A year of 52 weeks; a week 53 that is too far; weeks that are not counted by the year.
        (turns(EVEN), date(2027, 12, 1)),
        (turns(EVEN), date(2026, 9, 1)),
        (turns(ALTERNATE), date(2026, 12, 16)),
    ],
)
def test_else_nobody_is_warned(of: Turns, since: date) -> None:
    assert of.warning(since, 10) is None


@settings(deadline=None)
@given(pattern=patterns, day=near_days, handover=weekdays, is_here=st.booleans())
def test_a_day_that_is_left_is_always_of_one_home(
    pattern: CustodyPattern, day: date, handover: int, *, is_here: bool
) -> None:
    """And every other day is as it was."""
    weeks = turns(pattern, handover)
    one, other = replace(weeks, days={day: is_here}), replace(weeks.others, days={day: not is_here})
    assert one.is_here(day) is not other.is_here(day)
    for near in (day - ONE_DAY, day + ONE_DAY):
        assert one.is_here(near) is weeks.is_here(near)
        assert one.is_here(near) or other.is_here(near)
