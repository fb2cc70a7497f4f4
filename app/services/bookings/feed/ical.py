"""Calendars as programs read them (RFC 5545): no more of it than the portal says.

Hours are instants (UTC), which every program shows by its own clock: so no table of time zones.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FOLDED_AT = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a calendar: a whole day, or from one instant to another."""

    uid: str
    summary: str
    begins: date | datetime
    ends: datetime | None = None
    status: str = "CONFIRMED"
    sequence: int = 0
    # How long before a program rings.
    alarm: timedelta | None = None


def write(name: str, events: Iterable[Event], at: datetime) -> bytes:
    """Write a calendar, as it is at that moment."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portail famille//FR", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in events:
        lines += _lines(event, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def escaped(text: str) -> str:
    """Write words so that nothing of them is taken for the calendar's own."""
    return text.translate(ESCAPED)


def folded(line: str) -> Iterator[str]:
    """Cut a line to 75 bytes, between two letters; what goes on begins with a space."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > FOLDED_AT:
            yield part
            part = " "
        part += letter
    yield part


def _lines(event: Event, at: datetime) -> Sequence[str]:
    lines = ["BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{at.astimezone(UTC):{STAMP}}"]
    if isinstance(event.begins, datetime):
        lines.append(f"DTSTART:{event.begins.astimezone(UTC):{STAMP}}")
    else:
        lines.append(f"DTSTART;VALUE=DATE:{event.begins:%Y%m%d}")
    if event.ends is not None:
        lines.append(f"DTEND:{event.ends.astimezone(UTC):{STAMP}}")
    summary = escaped(event.summary)
    lines += [f"SUMMARY:{summary}", f"STATUS:{event.status}", f"SEQUENCE:{event.sequence}"]
    lines.append("TRANSP:TRANSPARENT")
    if event.alarm is not None:
        hours = int(event.alarm.total_seconds() // 3600)
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}"]
        lines += [f"TRIGGER:-PT{hours}H", "END:VALARM"]
    return [*lines, "END:VEVENT"]
