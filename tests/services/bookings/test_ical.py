"""Calendars as programs read them: whatever the words, lines stay lines."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.services.bookings.feed.ical import Event, escaped, folded, write

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n;,\\é"))


def unfolded(body: bytes) -> list[str]:
    """Read its lines as programs do."""
    return body.decode().replace("\r\n ", "").split("\r\n")


@given(words)
def test_a_line_is_cut_and_put_together_again(line: str) -> None:
    line = line.replace("\n", "")
    parts = list(folded(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(part.startswith(" ") for part in parts[1:])


@given(words)
def test_words_are_nothing_but_words(text: str) -> None:
    """No calendar is broken by a name, nor is a line put into it."""
    lines = unfolded(write("x", [Event("1", text, date(2026, 11, 30))], NOW))
    [summary] = [line for line in lines if line.startswith("SUMMARY:")]
    assert [line for line in lines if line.startswith("END:")] == ["END:VEVENT", "END:VCALENDAR"]
    read = summary.removeprefix("SUMMARY:").replace("\\\\", "\0").replace("\\n", "\n")
    assert read.replace("\\;", ";").replace("\\,", ",").replace("\0", "\\") == text
    assert "\n" not in escaped(text)


def test_an_event_with_hours_and_an_alarm() -> None:
    begins = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
    event = Event(
        "7", "Zoé", begins, begins + timedelta(hours=1), "CANCELLED", 3, timedelta(hours=6)
    )
    lines = unfolded(write("Cantine", [event], NOW))
    assert lines[6:20] == [
        "BEGIN:VEVENT", "UID:7", "DTSTAMP:20261125T090000Z", "DTSTART:20261130T113000Z",
        "DTEND:20261130T123000Z", "SUMMARY:Zoé", "STATUS:CANCELLED", "SEQUENCE:3",
        "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Zoé",
        "TRIGGER:-PT6H", "END:VALARM",
    ]  # fmt: skip
