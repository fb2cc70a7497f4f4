"""Calendars as programs read them: whatever the words, lines stay lines."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.bookings.feed import feeding
from app.services.bookings.feed.ical import Event, write

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
LONGEST_LINE = 75
words = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n;,:\\é"))


@given(words)
def test_words_are_nothing_but_words(text: str) -> None:
    """No calendar is broken by a name, nor is a line put into it, in an event or its alarm."""
    body = write("x", [Event("1", text, NOW, alarm=timedelta(hours=6))], NOW)
    [found] = icalendar.Calendar.from_ical(body).events
    assert str(found["SUMMARY"]) == text
    [alarm] = found.walk("VALARM")
    assert str(alarm["DESCRIPTION"]) == text


@given(words)
def test_a_line_is_as_long_as_it_may_be(text: str) -> None:
    """Cut between two letters, and ended as the standard says, wherever it is cut."""
    body = write("x", [Event("1", text, date(2026, 11, 30))], NOW)
    assert body.endswith(b"\r\n")
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= LONGEST_LINE
        assert line.decode()


def test_an_event_with_hours_and_an_alarm() -> None:
    """Its hours are the town's; a program that knows no time zones is told of this one."""
    begins = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
    event = Event(
        "7", "Zoé", begins, begins + timedelta(hours=1), "CANCELLED", 3, timedelta(hours=6)
    )
    body = write("Cantine", [event], NOW)
    lines = body.decode().split("\r\n")
    assert "DTSTART;TZID=Europe/Paris:20261130T123000" in lines
    assert "DTEND;TZID=Europe/Paris:20261130T133000" in lines
    assert {"DTSTAMP:20261125T090000Z", "STATUS:CANCELLED", "SEQUENCE:3"} <= set(lines)
    assert {"UID:7", "TRANSP:TRANSPARENT", "ACTION:DISPLAY", "TRIGGER:-PT6H"} <= set(lines)
    calendar = icalendar.Calendar.from_ical(body)
    assert calendar.calendar_name == "Cantine"
    [zone] = calendar.timezones
    assert zone.tz_name == "Europe/Paris"
    told = zone.to_tz(lookup_tzid=False)
    for day in (date(2026, 3, 28), date(2026, 7, 1), date(2026, 11, 30), date(2027, 3, 29)):
        noon = datetime.combine(day, time(12), PARIS)
        assert noon.astimezone(told).utcoffset() == noon.utcoffset()
    [found] = calendar.events
    assert found.start == begins


def test_a_whole_day_needs_no_clock() -> None:
    body = write("Cantine", [Event("7", "Zoé", date(2026, 11, 30))], NOW)
    assert b"DTSTART;VALUE=DATE:20261130" in body
    assert b"VTIMEZONE" not in body


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Zoé", "Noé"], ["Z.", "N."]),
        (["Maëlle", "Mahaut"], ["Maë.", "Mah."]),
        (["Léa", "Léandre"], ["Léa", "Léan."]),
    ],
)
def test_children_of_one_initial_are_told_apart(names: list[str], told: list[str]) -> None:
    """Twins often have one: two events at noon would not say who eats."""
    found = feeding.initials(names)
    assert [found[name] for name in names] == told
