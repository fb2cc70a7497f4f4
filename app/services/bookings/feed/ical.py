"""Calendars as programs read them (RFC 5545), written by `icalendar`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from app.formats import town_zone

if TYPE_CHECKING:
    import icalendar

PRODUCT = "-//Portail famille//FR"
ASKED_EVERY = timedelta(hours=1)
# How long before and after now a calendar tells when clocks change.
CLOCKS_FOR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a calendar: a whole day, or from one moment to another."""

    uid: str
    summary: str
    begins: date | datetime
    ends: datetime | None = None
    status: str = "CONFIRMED"
    sequence: int = 0
    # How long before a program rings.
    alarm: timedelta | None = None


def write(name: str, events: Iterable[Event], at: datetime) -> bytes:
    """Write a calendar, as it is at that moment; its hours are those of the town."""
    # Most who ask have the latest already: no worker holds the library before one has not.
    import icalendar

    calendar = icalendar.Calendar()
    calendar.prodid = PRODUCT
    calendar.version = "2.0"
    calendar.method = "PUBLISH"
    calendar.calendar_name = name
    calendar.refresh_interval = ASKED_EVERY
    for event in events:
        calendar.add_component(_written(event, at))
    today = at.date()
    calendar.add_missing_timezones(first_date=today - CLOCKS_FOR, last_date=today + CLOCKS_FOR)
    body: bytes = calendar.to_ical()
    return body


def _written(event: Event, at: datetime) -> "icalendar.Event":
    import icalendar

    written = icalendar.Event()
    written.add("uid", event.uid)
    written.add("dtstamp", at.astimezone(UTC))
    written.add("dtstart", _of_the_town(event.begins))
    if event.ends is not None:
        written.add("dtend", _of_the_town(event.ends))
    written.add("summary", event.summary)
    written.add("status", event.status)
    written.add("sequence", event.sequence)
    written.add("transp", "TRANSPARENT")
    if event.alarm is not None:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.summary)
        alarm.add("trigger", -event.alarm)
        written.add_component(alarm)
    return written


def _of_the_town(moment: date | datetime) -> date | datetime:
    return moment.astimezone(town_zone()) if isinstance(moment, datetime) else moment
