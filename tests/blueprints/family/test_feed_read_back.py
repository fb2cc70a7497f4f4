"""The calendar of a phone, as the phone reads it: with the library, in the town's own hours."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db, formats
from app.models import Service
from tests.blueprints.family.test_feed import MAKE, address, ask
from tests.services.bookings.conftest import enrol, tick
from tests.support.browser import Browser
from tests.support.people import People

pytestmark = pytest.mark.both_databases

# The clocks of Paris go from 2 to 3 on the Sunday.
WEDNESDAY, FRIDAY, MONDAY = date(2027, 3, 24), date(2027, 3, 26), date(2027, 3, 29)
NOON, HALF_PAST_ONE = 12 * 60, 13 * 60 + 30


@pytest.fixture
def with_hours(app: Flask, people: People) -> People:
    """Madame PAYS ZEST, whose child may come to a canteen that says its hours."""
    with app.app_context():
        enrol(people.zest)
        with db.transaction() as session:
            hours = {"starts_at": NOON, "ends_at": HALF_PAST_ONE}
            session.execute(update(Service).values(hours))
    return people


def read(app: Flask, browser: Browser, people: People) -> icalendar.Calendar:
    """Make an address, ask as a phone does and read the answer."""
    browser.sign_in(people.zest)
    path = address(browser.get("family.agenda").submit(MAKE))
    found = icalendar.Calendar.from_ical(ask(app, path).data)
    assert not [error for each in found.walk() for error in each.errors]
    return found


def days(calendar: icalendar.Calendar) -> Sequence[icalendar.Event]:
    return [each for each in calendar.events if not str(each["UID"]).startswith("limite")]


def begins(event: icalendar.Event) -> datetime:
    assert isinstance(event.start, datetime)
    return event.start


def limits(calendar: icalendar.Calendar) -> Sequence[icalendar.Event]:
    return [each for each in calendar.events if str(each["UID"]).startswith("limite")]


def test_noon_is_noon_before_and_after_the_clocks_change(
    app: Flask, browser: Browser, with_hours: People
) -> None:
    """A phone that knows no zones reads the same from the table that goes with the days."""
    with time_machine.travel(datetime(2027, 3, 17, 9, tzinfo=UTC), tick=False):
        with app.app_context():
            tick(with_hours.zest, "26 cantine", monday=date(2027, 3, 22))
            tick(with_hours.zest, "29 cantine", monday=MONDAY)
        calendar = read(app, browser, with_hours)
    [zone] = calendar.timezones
    assert zone.tz_name == "Europe/Paris"
    alone = zone.to_tz(lookup_tzid=False)
    told = {}
    for each in days(calendar):
        assert str(begins(each).tzinfo) == "Europe/Paris"
        wall = begins(each).replace(tzinfo=alone)
        told[begins(each).date()] = (wall.hour, wall.astimezone(UTC).hour, each.duration)
    meal = timedelta(minutes=90)
    assert told == {FRIDAY: (12, 11, meal), MONDAY: (12, 10, meal)}


def test_a_limit_rings_six_hours_before(app: Flask, browser: Browser, with_hours: People) -> None:
    """The one of the week after is on Thursday at midnight, and one learns it in time."""
    with time_machine.travel(datetime(2027, 3, 17, 9, tzinfo=UTC), tick=False):
        calendar = read(app, browser, with_hours)
    first = min(limits(calendar), key=begins)
    assert begins(first) == datetime(2027, 3, 18, 23, 59, tzinfo=ZoneInfo("Europe/Paris"))
    assert b"TRIGGER:-PT6H" in first.to_ical()


def test_a_town_overseas_has_its_own_hours(
    app: Flask, browser: Browser, with_hours: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noon in Guadeloupe is 16 h UTC in winter and in summer: its clocks never change."""
    there = ZoneInfo("America/Guadeloupe")
    monkeypatch.setitem(app.extensions, formats.EXTENSION, there)
    with time_machine.travel(datetime(2027, 3, 17, 9, tzinfo=UTC), tick=False):
        with app.app_context():
            tick(with_hours.zest, "26 cantine", monday=date(2027, 3, 22))
            tick(with_hours.zest, "29 cantine", monday=MONDAY)
        calendar = read(app, browser, with_hours)
    [zone] = calendar.timezones
    assert zone.tz_name == "America/Guadeloupe"
    assert [
        (begins(each).date(), begins(each).hour, begins(each).astimezone(UTC).hour)
        for each in days(calendar)
    ] == [(FRIDAY, 12, 16), (MONDAY, 12, 16)]
    first = min(limits(calendar), key=begins)
    assert begins(first) == datetime(2027, 3, 18, 23, 59, tzinfo=there)


def test_a_program_that_says_nothing_has_what_was_written(
    app: Flask, browser: Browser, with_hours: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some ask every hour without saying what they have: it is written once, until it changes."""
    with time_machine.travel(datetime(2027, 3, 17, 9, tzinfo=UTC), tick=False):
        browser.sign_in(with_hours.zest)
        path = address(browser.get("family.agenda").submit(MAKE))
        first = ask(app, path)
        with monkeypatch.context() as without:
            # Whoever imports it fails.
            without.setitem(sys.modules, "icalendar", None)
            assert ask(app, path).data == first.data
        with app.app_context():
            tick(with_hours.zest, "29 cantine", monday=MONDAY)
        assert len(days(icalendar.Calendar.from_ical(ask(app, path).data))) == 1
