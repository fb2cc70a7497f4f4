"""A typical week and a copy over the end of a year of 53 weeks, and over a leap day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.models import Booking, BookingEvent, CalendarSpan
from app.services.bookings import drawing, typical
from app.services.bookings.weeks import Week
from app.services.refusals import Refusal
from tests.services.bookings.conftest import tick
from tests.services.bookings.test_applying import apply
from tests.services.bookings.test_typical import say
from tests.services.requests.conftest import signed_in
from tests.support.people import People
from tests.support.services import booked_by

ONE_WEEK, FRIDAY = timedelta(weeks=1), timedelta(days=4)
# The Mondays of three weeks in a row, of which the second one is odd to say.
YEARS = {
    "the 53rd week of 2026": date(2026, 12, 21),
    "the 53rd week of 2032": date(2032, 12, 20),
    "a leap day on Tuesday": date(2028, 2, 21),
    "a leap day on Thursday": date(2024, 2, 19),
}
SCHOOL_DAYS = (0, 1, 3, 4)


@pytest.mark.parametrize("monday", YEARS.values(), ids=list(YEARS))
def test_each_week_has_its_days_once(app: Flask, people: People, monday: date) -> None:
    """As its parity says, day by day; a second time changes nothing, and a copy is a copy."""
    last = monday + 2 * ONE_WEEK + FRIDAY
    begins = datetime.combine(monday - 2 * ONE_WEEK, time(9), UTC)
    with time_machine.travel(begins, tick=False), app.app_context():
        with db.transaction() as session:
            bookings, child = booked_by(session, people.zest)
            session.execute(delete(CalendarSpan))
            bookings.enrol(child, monday - ONE_WEEK)
        odd = [f"odd.{day}.cantine" for day in (0, 1, 4)]
        say(people.zest, "e1", *odd, "even.3.cantine")
        apply(people.zest, monday, last)
        expected = [
            day
            for number in range((last - monday).days + 1)
            for day in [monday + timedelta(days=number)]
            if day.weekday() in ((0, 1, 4) if typical.parity_of(day) == "odd" else (3,))
        ]
        assert _booked() == expected
        with pytest.raises(Refusal):
            apply(people.zest, monday, last)
        assert _booked() == expected
        _copies(people, monday)


def _booked() -> list[date]:
    session = db.session()
    session.rollback()
    return sorted(set(session.scalars(select(Booking.day))))


def _copies(people: People, monday: date) -> None:
    """Have one week booked alone, and each next one copied from the one before, twice."""
    with db.transaction() as session:
        session.execute(delete(BookingEvent))
        session.execute(delete(Booking))
    account = signed_in(people.zest)
    first = [f"{(monday + timedelta(days=day)).day} cantine" for day in SCHOOL_DAYS[:2]]
    tick(people.zest, *first, monday=monday)
    for number in (1, 2):
        week = monday + number * ONE_WEEK
        expected = [week + timedelta(days=day) for day in SCHOOL_DAYS[:2]]
        wanted = [f"{each.day} cantine" for each in expected]
        assert _ticked(drawing.copied(account.family_id, week)) == expected
        tick(people.zest, *wanted, monday=week)
        assert _ticked(drawing.copied(account.family_id, week)) == expected
        with pytest.raises(Refusal):
            tick(people.zest, *wanted, monday=week)
    assert len(_booked()) == 6


def _ticked(week: Week) -> list[date]:
    return [
        day.day
        for day in week.days
        for each in day.children
        for line in each.lines
        if line.ticked and line.name
    ]
