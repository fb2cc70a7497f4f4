"""Rules as a line of text, the same in `service.csv`, on the town hall's screens and in the log.

J-2 ouvrés 23:59          two working days before; also jours (unsaid), ouverture, francs
S-1 jeudi 24:00           Thursday midnight of the week before
lun:ven-1 09:00 jeu:mar 09:00   by weekday: Friday of the week before, Tuesday of the same week
M-1 20 24:00              the 20th of the month before
P-15 francs               fifteen clear days before the first day of the period
du 21/08/2026 07:00 au 12/09/2026 24:00   a window
jamais                    it cannot be done
"""

import re
from collections.abc import Callable
from datetime import date

from app import formats
from app.formats import WEEKDAYS
from app.memo import kept
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
    unfit,
)
from app.services.refusals import Refusal

NEVER = "jamais"
EXAMPLES = "« J-2 ouvrés 23:59 », « S-1 jeudi 24:00 » ou « J-0 09:00 »"
LONGEST = 200

# As people type an hour: 9h, 9 h 30, minuit.
TYPED_HOUR = re.compile(r"\b(\d{1,2}) ?h(?: ?(\d{2}))?\b", re.ASCII)
NAMED_HOURS = (("minuit", "24:00"), ("midi", "12:00"))
# « 48 h » alone counts hours before a meal whose hour nobody wrote.
HOURS_ALONE = re.compile(r"(?:h-)?(\d{1,3}) ?(?:h|heures?)(?: avant)?", re.ASCII)

CLOCK = r"(\d{1,2}):(\d{2})"
DAY = r"(\d{1,2})/(\d{1,2})/(\d{4})"
NAMES = {written: number for number, name in enumerate(WEEKDAYS) for written in (name, name[:3])}
WEEKDAY = f"({'|'.join(sorted(NAMES, key=len, reverse=True))})"
COUNTS = {
    "jours": Counted.DAYS, "jour": Counted.DAYS, "ouvres": Counted.WORKING,
    "ouvre": Counted.WORKING, "ouverture": Counted.SERVED, "francs": Counted.CLEAR,
    "franc": Counted.CLEAR,
}  # fmt: skip
DAYS_BEFORE = re.compile(rf"([jp])-(\d{{1,3}})(?: ({'|'.join(COUNTS)}))?(?: {CLOCK})?", re.ASCII)
WEEK_BEFORE = re.compile(rf"s-(\d{{1,3}}) {WEEKDAY}(?: {CLOCK})?", re.ASCII)
MONTH_BEFORE = re.compile(rf"m-(\d{{1,3}}) (\d{{1,2}})(?: {CLOCK})?", re.ASCII)
ON_DAY = re.compile(rf"{WEEKDAY}:{WEEKDAY}(?:-(\d{{1,2}}))?(?: {CLOCK})?", re.ASCII)
BY_WEEKDAY = re.compile(rf"{ON_DAY.pattern}(?: {ON_DAY.pattern})*", re.ASCII)
WINDOW = re.compile(rf"du {DAY} {CLOCK} au {DAY} {CLOCK}", re.ASCII)


# A page asks for the few rules of a town again and again.
@kept(256)
def parse(text: str) -> Rule:
    """Read a rule, whatever its capitals, accents and blanks; else say what to write."""
    folded = formats.fold(text[: LONGEST + 1])
    if len(text) > LONGEST or not folded:
        raise _unreadable(text)
    alone = HOURS_ALONE.fullmatch(folded)
    if alone:
        days = -(-int(alone[1]) // 24)
        raise unfit(
            f"« {text.strip()} » ne dit pas jusqu’à quelle heure : écrivez « J-{days} 12:00 » pour"
            f" midi, {formats.plural(days, 'jour')} avant",
        )
    for name, clock in NAMED_HOURS:
        folded = re.sub(rf"\b{name}\b", clock, folded)
    folded = TYPED_HOUR.sub(lambda found: f"{int(found[1]):02}:{found[2] or '00'}", folded)
    for pattern, read in READERS:
        found = pattern.fullmatch(folded)
        if found:
            return read(found)
    raise _unreadable(text)


def write(rule: Rule) -> str:  # noqa: PLR0911 (a shape, a line)
    """Write what `parse` reads."""
    match rule:
        case DaysBefore(days, at, counted):
            return _days("J", days, at, counted)
        case BeforePeriod(days, at, counted):
            return _days("P", days, at, counted)
        case WeekBefore(weekday, weeks, at):
            return f"S-{weeks} {WEEKDAYS[weekday]} {clock(at)}"
        case ByWeekday(table):
            return " ".join(map(_on_day, table))
        case MonthBefore(day, months, at):
            return f"M-{months} {day} {clock(at)}"
        case Window(first, opens_at, last, at):
            opens = f"{formats.day(first)} {clock(opens_at)}"
            return f"du {opens} au {formats.day(last)} {clock(at)}"
        case Never():
            return NEVER


def clock(minute: int) -> str:
    """Write 09:00, and 24:00 for the end of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _days(letter: str, days: int, at: int, counted: Counted) -> str:
    start = f"{letter}-{days}"
    if counted is Counted.CLEAR:
        return f"{start} {counted.value}"
    said = "" if counted is Counted.DAYS else f" {counted.value}"
    return f"{start}{said} {clock(at)}"


def _on_day(each: OnDay) -> str:
    weeks = f"-{each.weeks}" if each.weeks else ""
    return f"{WEEKDAYS[each.served][:3]}:{WEEKDAYS[each.weekday][:3]}{weeks} {clock(each.at)}"


def _read_days(found: re.Match[str]) -> Rule:
    letter, days, word, *hour = found.groups()
    counted = COUNTS[word or "jours"]
    shape = DaysBefore if letter == "j" else BeforePeriod
    if counted is Counted.CLEAR and hour[0] is None:
        return shape(int(days), END_OF_DAY, counted)
    return shape(int(days), _minute(found[0], *hour), counted)


def _read_week(found: re.Match[str]) -> Rule:
    weeks, weekday, *hour = found.groups()
    return WeekBefore(NAMES[weekday], int(weeks), _minute(found[0], *hour))


def _read_month(found: re.Match[str]) -> Rule:
    months, day, *hour = found.groups()
    return MonthBefore(int(day), int(months), _minute(found[0], *hour))


def _read_table(found: re.Match[str]) -> Rule:
    return ByWeekday(
        tuple(
            OnDay(NAMES[served], NAMES[weekday], int(weeks or 0), _minute(line, *hour))
            for line, served, weekday, weeks, *hour in (
                (each[0], *each.groups()) for each in ON_DAY.finditer(found[0])
            )
        )
    )


def _read_window(found: re.Match[str]) -> Rule:
    parts = [int(part) for part in found.groups()]
    return Window(
        _date(*parts[:3]), parts[3] * 60 + parts[4], _date(*parts[5:8]), parts[8] * 60 + parts[9]
    )


def _minute(line: str, hours: str | None, minutes: str | None) -> int:
    if hours is None or minutes is None:
        raise unfit(
            f"il manque l’heure après « {line} » : écrivez par exemple 09:00, ou 24:00 pour minuit",
        )
    if int(minutes) >= 60:  # noqa: PLR2004
        raise unfit(f"« {hours}:{minutes} » n’est pas une heure")
    return int(hours) * 60 + int(minutes)


def _date(day: int, month: int, year: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise unfit(f"le {day:02}/{month:02}/{year} n’existe pas : corrigez la date") from None


def _unreadable(text: str) -> Refusal:
    start = text.strip()
    if not start:
        return unfit(f"il manque la limite : écrivez par exemple {EXAMPLES}")
    shown = start if len(start) <= 40 else f"{start[:40]}…"  # noqa: PLR2004
    return unfit(f"« {shown} » n’est pas une limite : écrivez par exemple {EXAMPLES}")


READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Rule]], ...] = (
    (DAYS_BEFORE, _read_days),
    (WEEK_BEFORE, _read_week),
    (MONTH_BEFORE, _read_month),
    (BY_WEEKDAY, _read_table),
    (WINDOW, _read_window),
    (re.compile(NEVER), lambda _: Never()),
)
