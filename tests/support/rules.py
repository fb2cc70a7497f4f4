"""Any rule that a town might publish, for properties."""

from datetime import date

from hypothesis import strategies as st

from app.services.bookings.judge.rules import (
    END_OF_DAY,
    BeforePeriod,
    ByWeekday,
    Counted,
    DaysBefore,
    MonthBefore,
    Never,
    OnDay,
    Rule,
    WeekBefore,
    Window,
)

weekdays = st.integers(0, 6)
# Whole hours, those of the nights when clocks change, and midnight written either way.
minutes = st.sampled_from([1, 2 * 60, 150, 179, 9 * 60, 720, 1439, END_OF_DAY]) | st.integers(
    1, END_OF_DAY
)
near_days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
COUNTING = [Counted.DAYS, Counted.WORKING, Counted.SERVED]


def on_days(served: int) -> st.SearchStrategy[OnDay]:
    same_week = st.builds(OnDay, st.just(served), st.integers(0, served), st.just(0), minutes)
    return same_week | st.builds(OnDay, st.just(served), weekdays, st.integers(1, 3), minutes)


tables = (
    st.sets(weekdays, min_size=1)
    .flatmap(lambda served: st.tuples(*map(on_days, sorted(served))))
    .map(ByWeekday)
)
windows = st.builds(
    lambda days, opens_at, at: Window(min(days), opens_at, max(days), at),
    st.lists(near_days, min_size=2, max_size=2, unique=True),
    st.integers(0, END_OF_DAY - 1),
    minutes,
)


def counted(most: int) -> st.SearchStrategy[Rule]:
    days = st.integers(0, most)
    return st.one_of(
        st.builds(DaysBefore, days, minutes, st.sampled_from(COUNTING)),
        st.builds(DaysBefore, days, st.just(END_OF_DAY), st.just(Counted.CLEAR)),
        st.builds(BeforePeriod, days, minutes, st.sampled_from(COUNTING)),
        st.builds(BeforePeriod, days, st.just(END_OF_DAY), st.just(Counted.CLEAR)),
    )


week_rules = st.builds(WeekBefore, weekdays, st.integers(1, 3), minutes)
month_rules = st.builds(MonthBefore, st.integers(1, 31), st.integers(1, 3), minutes)


def rules() -> st.SearchStrategy[Rule]:
    return st.one_of(counted(20), week_rules, tables, month_rules, windows, st.just(Never()))
