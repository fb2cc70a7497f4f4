"""The months and weeks of « Chiffres »: whole, in order, none twice, on any day of any year."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.services.town_hall.statistics import periods

DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_months_follow_each_other_up_to_today(today: date) -> None:
    for period in periods.offered(today):
        months = period.months
        assert months[0].first == period.first
        assert all(each.first.day == 1 for each in months)
        assert all(each.end == after.first for each, after in pairwise(months))
        assert months[-1].first <= period.last < months[-1].end
        assert period.last <= today
    usual = periods.offered(today)[0]
    assert len(usual.months) == 12
    # All that the journal holds whole.
    assert today - timedelta(days=366) < usual.first


@given(DAYS)
def test_weeks_begin_on_the_mondays_of_the_period(today: date) -> None:
    for period in periods.offered(today):
        mondays = [each.first for each in period.weeks]
        days = (period.last - period.first).days + 1
        found = (period.first + timedelta(days=each) for each in range(days))
        assert mondays == [each for each in found if each.weekday() == 0]


def test_what_goes_on_says_so_and_an_unknown_period_is_the_usual_one() -> None:
    offered = periods.offered(date(2026, 11, 27))
    assert [each.key for each in offered] == ["12", "3", "2026-2027", "2025-2026"]
    assert [each.label for each in offered[1].months] == [
        "septembre 2026", "octobre 2026", "novembre 2026, en cours",
    ]  # fmt: skip
    assert offered[3].months[-1].label == "août 2026"
    assert periods.asked("2025-2026", offered) is offered[3]
    assert periods.asked("1812", offered) is offered[0]
