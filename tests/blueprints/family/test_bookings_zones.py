"""The page of a week in each French zone, in the nights when clocks change: to the second."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.formats import EXTENSION, day_and_month
from app.models import Service
from app.services.bookings import weeks
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import booked_by

ONE_SECOND, ONE_MINUTE, ONE_DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
# The Mondays after the Sundays on which clocks change there, and an hour of that night.
PARIS = (date(2026, 3, 30), date(2026, 10, 26))
NIGHTS = [
    ("Europe/Paris", PARIS[0], "02:30"),
    ("Europe/Paris", PARIS[1], "02:30"),
    ("America/Miquelon", date(2026, 3, 9), "02:30"),
    ("America/Miquelon", date(2026, 11, 2), "01:30"),
    # One minute before midnight there, it is 4 h 59 of the next day in Paris, or 5 h 59.
    ("America/Guadeloupe", PARIS[1], "23:59"),
    ("America/Guadeloupe", PARIS[0], "24:00"),
    ("America/Cayenne", PARIS[1], "23:59"),
    ("Indian/Reunion", PARIS[1], "00:30"),
    ("Indian/Mayotte", PARIS[0], "02:30"),
    ("Pacific/Noumea", PARIS[0], "23:59"),
    ("Pacific/Tahiti", PARIS[1], "23:59"),
    ("Pacific/Marquesas", PARIS[0], "02:30"),
]


@pytest.fixture
def there(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Browser:
    """A parent of a town of that zone, whose child may come for years."""
    zone, _, at = request.param
    monkeypatch.setitem(app.extensions, EXTENSION, ZoneInfo(zone))
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.enrol(child, date(2025, 9, 1))
        session.execute(update(Service).values(book_rule=f"J-1 {at}"))
    return Browser(app)


@pytest.mark.parametrize(
    ("there", "day"),
    [(night, night[1]) for night in NIGHTS],
    indirect=["there"],
    ids=[f"{zone} {day}" for zone, day, _ in NIGHTS],
)
def test_the_last_second_and_the_first_one_too_late(
    there: Browser, people: People, day: date, request: pytest.FixtureRequest
) -> None:
    """Every clock of the town that shows the minute is in time: shown twice, it counts twice."""
    zone, _, at = request.node.callspec.params["there"]
    box = f"Cantine, PAYS, {day_and_month(day)}"
    week = weeks.name_of_week(day - day.weekday() * ONE_DAY)
    too_late = _too_late(ZoneInfo(zone), day - ONE_DAY, at)
    with time_machine.travel(too_late - ONE_SECOND, tick=False) as clock:
        there.sign_in(people.zest)
        page = there.get("family.bookings_week", week=week).fill({box: True})
        read = page.submit("Continuer", _refused=200)
        assert "À réserver" in read.text
        clock.move_to(too_late)
        refused = page.submit("Continuer", _refused=200)
        assert "Impossible" in refused.text
        assert "À réserver" not in refused.text
        late = there.get("family.bookings_week", week=week)
        assert not late.soup.select(f"input[name=case][value$='cantine.{day}']")
        # Whoever read it in time has two minutes.
        assert "Réservé" in read.submit("Enregistrer").text


def _too_late(zone: ZoneInfo, day: date, at: str) -> datetime:
    """Go through a day minute by minute, as somebody does who looks at a clock on a wall."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - ONE_DAY
    minutes = [instant + number * ONE_MINUTE for number in range(3 * 24 * 60)]
    of_day = [each for each in minutes if each.astimezone(zone).date() == day]
    if at == "24:00":
        return of_day[-1] + ONE_MINUTE
    showing = [each for each in of_day if f"{each.astimezone(zone):%H:%M}" == at]
    if showing:
        return showing[-1] + ONE_MINUTE
    # Skipped: by the clock of somebody who forgot to set it.
    hours, _, rest = at.partition(":")
    return of_day[0] + timedelta(hours=int(hours), minutes=int(rest) + 1)
