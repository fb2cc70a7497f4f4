"""Limits in any calendar: over nights when clocks change, leap days, years of 53 weeks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.booking_kinds import SpanKind
from app.services.bookings.judge.agenda import MOST_KNOWN, Agenda, Span
from app.services.bookings.judge.limits import BEFORE_ALL, limit
from app.services.bookings.judge.notation import parse
from app.services.bookings.judge.rules import (
    END_OF_DAY,
    DaysBefore,
    Never,
    Rule,
    WeekBefore,
    Window,
)
from tests.support.agendas import CANTEEN, CENTRE, PARIS, SCHOOL_DAYS, holidays
from tests.support.rules import (
    counted,
    minutes,
    month_rules,
    near_days,
    rules,
    week_rules,
    weekdays,
    windows,
)

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Paris", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion",
        "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti",
        "Pacific/Marquesas",
    )
]  # fmt: skip
CLOCKS_CHANGE = [ZoneInfo("Europe/Paris"), ZoneInfo("America/Miquelon")]


def nights(zone: ZoneInfo) -> Iterator[date]:
    """The days on which the clocks of a zone change, from 2024 to 2032."""
    day = date(2024, 1, 1)
    while day.year <= 2032:
        noons = [datetime(each.year, each.month, each.day, 12, tzinfo=zone)
                 for each in (day, day + ONE_DAY)]  # fmt: skip
        if noons[0].utcoffset() != noons[1].utcoffset():
            yield day + ONE_DAY
        day += ONE_DAY


NIGHTS = {zone: list(nights(zone)) for zone in CLOCKS_CHANGE}


@st.composite
def agendas(draw: st.DrawFn, zones: list[ZoneInfo] = ZONES) -> Agenda:
    """Any calendar with some holidays, on any days of the week."""
    starts = draw(st.lists(near_days, max_size=4))
    spans = [
        Span(draw(st.sampled_from(SpanKind)), start, start + draw(st.integers(0, 60)) * ONE_DAY, "")
        for start in starts
    ]
    return Agenda(
        draw(st.sampled_from(zones)),
        frozenset(draw(st.sets(weekdays))),
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(spans),
        is_moved_earlier=draw(st.booleans()),
    )


@settings(deadline=None, max_examples=400)
@given(rules(), near_days, agendas())
def test_it_is_never_after_the_day_itself(rule: Rule, day: date, agenda: Agenda) -> None:
    next_day = datetime.combine(day + ONE_DAY, datetime.min.time(), agenda.zone)
    assert limit(rule, day, agenda) <= next_day.astimezone(UTC)


@settings(deadline=None, max_examples=400)
@given(
    counted(20) | week_rules | month_rules | windows | st.just(Never()),
    near_days,
    st.integers(1, 60),
    agendas(),
)
def test_a_later_day_has_no_earlier_limit(
    rule: Rule, day: date, later: int, agenda: Agenda
) -> None:
    """But for a table by weekday, where a town may write what it likes."""
    assert limit(rule, day, agenda) <= limit(rule, day + later * ONE_DAY, agenda)


@settings(deadline=None, max_examples=200)
@given(week_rules, near_days, agendas())
def test_a_week_has_one_limit(rule: WeekBefore, day: date, agenda: Agenda) -> None:
    """By ISO weeks, the 53rd and the first of a year among them."""
    monday = date.fromisocalendar(*day.isocalendar()[:2], 1)
    assert len({limit(rule, monday + each * ONE_DAY, agenda) for each in range(7)}) == 1


@settings(deadline=None, max_examples=400)
@given(st.data(), st.sampled_from(CLOCKS_CHANGE), minutes)
def test_every_clock_that_shows_the_minute_is_in_time(
    data: st.DataObject, zone: ZoneInfo, at: int
) -> None:
    """Shown twice in autumn, it counts twice; skipped in spring, nobody loses by it."""
    night = data.draw(st.sampled_from(NIGHTS[zone]))
    agenda = Agenda(zone, SCHOOL_DAYS)
    too_late = limit(DaysBefore(1, at), night + ONE_DAY, agenda)
    end = datetime.combine(night + ONE_DAY, datetime.min.time(), zone).astimezone(UTC)
    assert too_late <= end
    instant = datetime.combine(night, datetime.min.time(), zone).astimezone(UTC)
    while instant < end:
        local = instant.astimezone(zone)
        if local.hour * 60 + local.minute <= min(at, END_OF_DAY - 1):
            assert instant < too_late, f"{local} is not in time"
        instant += 10 * ONE_MINUTE


@pytest.mark.parametrize(
    ("day", "at", "too_late"),
    [
        # 2 h 30 is skipped: it is 3 h 30 that nobody may dispute.
        (date(2026, 3, 30), "02:30", "2026-03-29T01:31+00:00"),
        # Shown twice: the second one counts.
        (date(2026, 10, 26), "02:30", "2026-10-25T01:31+00:00"),
        (date(2026, 10, 26), "24:00", "2026-10-25T23:00+00:00"),
        (date(2026, 3, 30), "24:00", "2026-03-29T22:00+00:00"),
    ],
)
def test_the_nights_when_clocks_change(day: date, at: str, too_late: str) -> None:
    assert limit(parse(f"J-1 {at}"), day, CANTEEN) == datetime.fromisoformat(too_late)


def test_guadeloupe_is_in_time_while_paris_sleeps() -> None:
    """One minute before midnight there, it is 4 h 59 of the next day in Paris."""
    there = replace(CANTEEN, zone=ZoneInfo("America/Guadeloupe"))
    too_late = limit(parse("J-1 24:00"), date(2026, 12, 1), there)
    assert too_late == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    assert (too_late - ONE_MINUTE).astimezone(PARIS).strftime("%H:%M") == "04:59"


@pytest.mark.parametrize(
    ("text", "day", "last_day"),
    [
        # The 1st and the 8th of May, the Ascension and Whit Monday are not worked.
        ("J-1 ouvrés 24:00", date(2026, 5, 4), date(2026, 4, 30)),
        ("J-2 ouvrés 24:00", date(2026, 5, 11), date(2026, 5, 6)),
        # Town halls work on the bridge; schools do not.
        ("J-1 ouvrés 24:00", date(2026, 5, 18), date(2026, 5, 15)),
        ("J-1 ouverture 24:00", date(2026, 5, 18), date(2026, 5, 12)),
        # A Wednesday, the 11th of November.
        ("J-1 ouvrés 24:00", date(2026, 11, 12), date(2026, 11, 10)),
        ("J-2 francs", date(2026, 11, 12), date(2026, 11, 9)),
        # The 53rd week of 2026, and the first of 2027.
        ("S-1 jeudi 24:00", date(2027, 1, 4), date(2026, 12, 31)),
        ("S-2 lundi 24:00", date(2027, 1, 4), date(2026, 12, 21)),
        # A leap day, and a month that has none.
        ("M-1 31 24:00", date(2028, 3, 15), date(2028, 2, 29)),
        ("M-1 30 24:00", date(2027, 3, 15), date(2027, 2, 28)),
        ("J-1 24:00", date(2028, 3, 1), date(2028, 2, 29)),
        ("M-2 20 24:00", date(2027, 1, 4), date(2026, 11, 20)),
        # A Wednesday that the table leaves out goes with Tuesday, a Monday with Friday.
        ("mar:ven-1 24:00 ven:mar 24:00", date(2026, 12, 2), date(2026, 11, 27)),
        ("mar:ven-1 24:00 ven:mar 24:00", date(2026, 12, 7), date(2026, 12, 1)),
        # The term began on the 2nd of November.
        ("P-8 24:00", date(2026, 12, 4), date(2026, 10, 25)),
    ],
)
def test_days_are_counted_as_towns_count_them(text: str, day: date, last_day: date) -> None:
    too_late = limit(parse(text), day, CANTEEN)
    assert (too_late - ONE_MINUTE).astimezone(PARIS).date() == last_day


def test_a_limit_on_a_day_that_nobody_works_may_be_moved_earlier() -> None:
    moved = replace(CANTEEN, is_moved_earlier=True)
    rule, monday = parse("J-2 18:00"), date(2026, 11, 30)
    assert limit(rule, monday, CANTEEN).astimezone(PARIS).date() == date(2026, 11, 28)
    assert limit(rule, monday, moved).astimezone(PARIS).date() == date(2026, 11, 27)
    assert limit(rule, monday, moved).astimezone(PARIS).hour == 18


def test_a_window_keeps_its_own_days() -> None:
    moved = replace(CENTRE, is_moved_earlier=True)
    window = parse("du 21/08/2026 07:00 au 12/09/2026 24:00")
    assert limit(window, date(2026, 10, 19), moved) == limit(window, date(2026, 10, 19), CENTRE)


def test_a_period_without_a_calendar_begins_with_the_school_year() -> None:
    empty = Agenda(PARIS, SCHOOL_DAYS)
    too_late = limit(parse("P-1 24:00"), date(2026, 11, 30), empty)
    assert (too_late - ONE_MINUTE).astimezone(PARIS).date() == date(2026, 8, 31)


def test_a_service_without_a_day_is_not_looked_for_until_the_year_1() -> None:
    nobody = Agenda(PARIS, frozenset())
    too_late = limit(parse("J-1 ouverture 24:00"), date(2026, 11, 30), nobody)
    assert too_late.year == 2025


def test_what_is_known_is_bounded() -> None:
    """Whoever walks through the centuries fills no memory, and is told the same."""
    agenda = Agenda(PARIS, SCHOOL_DAYS, spans=(holidays(date(2026, 7, 4), date(2026, 8, 31), ""),))
    rule, first = DaysBefore(2, 720), date(2026, 1, 1)
    for each in range(MOST_KNOWN + 50):
        limit(rule, first + each * ONE_DAY, agenda)
    assert len(agenda.known) == MOST_KNOWN
    last = first + (MOST_KNOWN + 49) * ONE_DAY
    assert limit(rule, last, agenda) == limit(rule, last, replace(agenda))


@given(near_days)
def test_what_cannot_be_done_never_could(day: date) -> None:
    assert limit(Never(), day, CANTEEN) == BEFORE_ALL


@given(windows, near_days)
def test_a_window_has_one_limit_but_for_the_days_inside(window: Window, day: date) -> None:
    if day > window.last:
        end = limit(window, window.last + 400 * ONE_DAY, CENTRE)
        assert limit(window, day, CENTRE) == end
