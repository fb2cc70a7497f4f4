"""Rules and limits, said in French."""

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from app import formats
from app.calendar import ONE_DAY
from app.formats import NBSP, WEEKDAYS
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
LAST_MINUTE = END_OF_DAY - 1
COUNTED = {
    Counted.DAYS: ("jour", "jours"),
    Counted.WORKING: ("jour ouvré", "jours ouvrés"),
    Counted.SERVED: ("jour d’ouverture", "jours d’ouverture"),
    Counted.CLEAR: ("jour franc", "jours francs"),
}


# A week says the same few limits sixty times.
@lru_cache(maxsize=512)
def limit(instant: datetime, zone: tzinfo) -> str:
    """Write jeudi 26 novembre à minuit: the last minute that is in time."""
    day, minute = _last_minute(instant, zone)
    return f"{formats.day_and_month(day)} {_at(minute)}"


@lru_cache(maxsize=128)
def whole_limit(instant: datetime, zone: tzinfo) -> str:
    """Write jeudi 26 novembre à minuit, dans la nuit de jeudi à vendredi: nobody mistakes it."""
    day, minute = _last_minute(instant, zone)
    said = limit(instant, zone)
    if minute != LAST_MINUTE:
        return said
    night, morning = WEEKDAYS[day.weekday()], WEEKDAYS[(day + ONE_DAY).weekday()]
    return f"{said}, dans la nuit de {night} à {morning}"


# Every home says the same one.
@lru_cache(maxsize=512)
def short_limit(instant: datetime, zone: tzinfo) -> str:
    """Write jeudi minuit, jeudi 9 h: beside the days of that week."""
    day, minute = _last_minute(instant, zone)
    said = _at(minute).removeprefix("à ")
    return f"{WEEKDAYS[day.weekday()]} {said}"


def opening(instant: datetime, zone: tzinfo) -> str:
    """Write lundi 21 août à 7 h: the first minute that is in time."""
    local = instant.astimezone(zone)
    return f"{formats.day_and_month(local.date())} à {hour(local.hour * 60 + local.minute)}"


def rule(told: Rule) -> str:  # noqa: PLR0911 (a shape, a line)
    """Write le jeudi de la semaine d’avant, jusqu’à minuit."""
    match told:
        case DaysBefore(days, at, counted):
            return _and_until(_days_before(days, counted), at, counted)
        case BeforePeriod(days, at, counted):
            before = f"{_days(days, counted)} avant " if days else ""
            return _and_until(f"{before}le premier jour de la période", at, counted)
        case WeekBefore(weekday, weeks, at):
            return f"le {WEEKDAYS[weekday]}{_weeks(weeks)}, {_until(at)}"
        case ByWeekday(table):
            return f"{NBSP}; ".join(map(_line, table))
        case MonthBefore():
            return _month(told)
        case Window(first, opens_at, last, at):
            opens = f"{formats.day_in_full(first)} à {hour(opens_at)}"
            return f"du {opens} au {formats.day_in_full(last)} {_at(at)}"
        case Never():
            return "jamais"


def _days_before(days: int, counted: Counted) -> str:
    if days == 0:
        return "le jour même"
    if (days, counted) == (1, Counted.DAYS):
        return "la veille"
    if (days, counted) == (1, Counted.SERVED):
        return "le jour d’ouverture précédent"
    return f"{_days(days, counted)} avant"


def _days(days: int, counted: Counted) -> str:
    one, several = COUNTED[counted]
    return formats.plural(days, one, several)


def _weeks(weeks: int) -> str:
    return " de la semaine d’avant" if weeks == 1 else f", {weeks}{NBSP}semaines avant"


def _line(each: OnDay) -> str:
    name = WEEKDAYS[each.weekday]
    weeks = {0: f"le {name} de la même semaine"}.get(each.weeks, f"le {name}{_weeks(each.weeks)}")
    return f"pour le {WEEKDAYS[each.served]}, {weeks}, {_until(each.at)}"


def _month(told: MonthBefore) -> str:
    number = "1er" if told.day == 1 else str(told.day)
    months = " du mois d’avant" if told.months == 1 else f", {told.months}{NBSP}mois avant"
    return f"le {number}{months}, {_until(told.at)}"


def _and_until(said: str, at: int, counted: Counted) -> str:
    # « jusqu’à minuit » would make one of the clear days the last day.
    return said if counted is Counted.CLEAR else f"{said}, {_until(at)}"


def _until(minute: int) -> str:
    return f"jusqu’{_at(minute)}"


def _at(minute: int) -> str:
    """Write à 12 h, and à minuit for the last minute of the day."""
    return "à minuit" if minute >= LAST_MINUTE else f"à {hour(minute)}"


def hour(minute: int) -> str:
    """Write 9 h, 16 h 30."""
    hours, minutes = divmod(minute, 60)
    return f"{hours}{NBSP}h{NBSP}{minutes:02}" if minutes else f"{hours}{NBSP}h"


def _last_minute(instant: datetime, zone: tzinfo) -> tuple[date, int]:
    local = (instant - ONE_MINUTE).astimezone(zone)
    return local.date(), local.hour * 60 + local.minute
