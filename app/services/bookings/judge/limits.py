"""The first instant at which it is too late for a day."""

import calendar
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from app.calendar import ONE_DAY, ONE_WEEK
from app.services.bookings.judge.agenda import MOST_KNOWN, Agenda
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

ONE_MINUTE = timedelta(minutes=1)
MONTHS = 12
# It was always too late.
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
SAME_DAY = DaysBefore(0, END_OF_DAY)
# A service that has no day would be looked for until the year 1.
FURTHEST = 366


def limit(rule: Rule, day: date, agenda: Agenda) -> datetime:
    """Return the first instant at which it is too late, never after the day itself."""
    key = (rule, day)
    found = agenda.known.get(key)
    if found is None:
        found = _limit(rule, day, agenda)
        if len(agenda.known) < MOST_KNOWN:
            agenda.known[key] = found
    return found


def limit_along(rule: Rule, day: date, agenda: Agenda) -> datetime:
    """Return that of a day that comes or goes with another one.

    What is never done by itself is done with what brings it, whenever that is.
    """
    return limit(SAME_DAY if isinstance(rule, Never) else rule, day, agenda)


def limit_of_all(rules: Sequence[tuple[Rule, Agenda]], day: date) -> datetime:
    """Return that of a day with all that comes or goes with it: the earliest; itself first."""
    (rule, agenda), *along = rules
    return min([limit(rule, day, agenda), *(limit_along(each, day, kept) for each, kept in along)])


def opening(rule: Rule, agenda: Agenda) -> datetime | None:
    """Return the first instant at which it may be done; None when it always could."""
    if not isinstance(rule, Window):
        return None
    return min(_shown(rule.first, rule.opens_at, agenda.zone))


def _limit(rule: Rule, day: date, agenda: Agenda) -> datetime:
    if isinstance(rule, Never):
        return BEFORE_ALL
    last, at = _last_minute(rule, day, agenda)
    # A window says its own days.
    if agenda.is_moved_earlier and not isinstance(rule, Window):
        last = _back_to(last, agenda.is_worked)
    ends = _end(last, at, agenda)
    return ends if last < day else min(ends, _end(day, END_OF_DAY, agenda))


def _last_minute(
    rule: DaysBefore | WeekBefore | ByWeekday | MonthBefore | BeforePeriod | Window,
    day: date,
    agenda: Agenda,
) -> tuple[date, int]:
    """Find the day, and the minute of it, that are still in time."""
    match rule:
        case DaysBefore(days, at, counted):
            return _days_before(day, days, counted, agenda), at
        case BeforePeriod(days, at, counted):
            return _days_before(agenda.first_of_period(day), days, counted, agenda), at
        case WeekBefore(weekday, weeks, at):
            return _in_week(day, weekday, weeks), at
        case ByWeekday(table):
            day, line = _line_of(table, day)
            return _in_week(day, line.weekday, line.weeks), line.at
        case MonthBefore(number, months, at):
            return _in_month(day, number, months), at
        case Window():
            return rule.last, rule.at


def _days_before(day: date, count: int, counted: Counted, agenda: Agenda) -> date:
    if counted is Counted.DAYS:
        return day - count * ONE_DAY
    if counted is Counted.CLEAR:
        return day - (count + 1) * ONE_DAY
    counts = agenda.is_worked if counted is Counted.WORKING else agenda.is_planned
    for _ in range(count):
        day = _back_to(day - ONE_DAY, counts)
    return day


def _in_week(day: date, weekday: int, weeks: int) -> date:
    return day - weeks * ONE_WEEK + (weekday - day.weekday()) * ONE_DAY


def _line_of(table: tuple[OnDay, ...], day: date) -> tuple[date, OnDay]:
    """Find the line of the day, or of the last one before it that has one."""
    lines = {line.served: line for line in table}
    while day.weekday() not in lines:
        day -= ONE_DAY
    return day, lines[day.weekday()]


def _in_month(day: date, number: int, months: int) -> date:
    year, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(number, longest))


def _back_to(day: date, counts: Callable[[date], bool]) -> date:
    for _ in range(FURTHEST):
        if counts(day):
            break
        day -= ONE_DAY
    return day


def _end(day: date, at: int, agenda: Agenda) -> datetime:
    """Return when no clock of the town shows this minute any more, even one shown twice."""
    if at == END_OF_DAY:
        return max(_shown(day + ONE_DAY, 0, agenda.zone))
    return max(_shown(day, at, agenda.zone)) + ONE_MINUTE


# Every family's page asks for the same few weeks.
@lru_cache(maxsize=MOST_KNOWN)
def _shown(day: date, at: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return both instants of a minute; they differ in the night that clocks change."""
    hours, minutes = divmod(at, 60)
    local = datetime.combine(day, time(hours, minutes), zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
