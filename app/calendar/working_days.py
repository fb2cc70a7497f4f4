"""Working days in France, for dates that families may count on."""

from datetime import date, timedelta

from app.calendar import ONE_DAY

SATURDAY = 5
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
# Easter Monday, Ascension, Whit Monday.
AFTER_EASTER = frozenset({1, 39, 50})


def after(start: date, count: int) -> date:
    """Return the day that comes this many working days later."""
    return _go(start, count, ONE_DAY)


def before(start: date, count: int) -> date:
    """Return the day that came this many working days earlier."""
    return _go(start, count, -ONE_DAY)


def is_one(day: date) -> bool:
    """Tell whether town halls work on this day."""
    return (
        day.weekday() < SATURDAY
        and (day.month, day.day) not in FIXED_HOLIDAYS
        and (day - easter(day.year)).days not in AFTER_EASTER
    )


def easter(year: int) -> date:
    """Return Easter Sunday, by Butcher's rule."""
    century = year // 100
    lunar = (19 * (year % 19) + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    lunar -= lunar // 28 * (1 - 29 // (lunar + 1) * (21 - year % 19) // 11)
    weekday = (year + year // 4 + lunar + 2 - century + century // 4) % 7
    distance = lunar - weekday
    month = 3 + (distance + 40) // 44
    return date(year, month, distance + 28 - 31 * (month // 4))


def _go(day: date, count: int, step: timedelta) -> date:
    while count:
        day += step
        count -= is_one(day)
    return day
