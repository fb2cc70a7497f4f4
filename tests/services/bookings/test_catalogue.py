"""What a page works out of the days of a service serves the next, as long as nothing changes."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from app import db
from app.calendar import ONE_DAY, ONE_WEEK
from app.models import Service, ServiceDay
from app.services.bookings import catalogue
from app.services.bookings.judge.agenda import Agenda
from tests.services.bookings.conftest import MONDAY
from tests.support.people import People

SUNDAY = MONDAY + timedelta(days=6)


def canteen(first: date = MONDAY, last: date = SUNDAY) -> Agenda:
    """Read its days, as a page does."""
    bookable = catalogue.read(first, last).bookable
    return next(each.agenda for each in bookable.values() if each.name == "Cantine")


def test_days_are_worked_out_once_for_all_pages(app: Flask, town: People) -> None:
    """Those of one week, and of those in which the town hall said the same."""
    following, after = MONDAY + ONE_WEEK, SUNDAY + ONE_WEEK
    assert canteen().is_served(MONDAY)
    assert canteen() is canteen()
    assert canteen(following, after) is canteen(following + ONE_DAY, after)


def test_what_the_town_hall_changes_holds_at_once(app: Flask, town: People) -> None:
    """A day that it closes, and opens again; a service that moves to other days."""
    assert canteen().is_served(MONDAY)
    with db.transaction() as session:
        service = session.scalars(select(Service).where(Service.slug == "cantine")).one()
        closed = ServiceDay(service_id=service.id, day=MONDAY, state="closed", reason="grève")
        session.add(closed)
    assert not canteen().is_served(MONDAY)
    with db.transaction() as session:
        session.delete(session.merge(closed))
    assert canteen().is_served(MONDAY)
    with db.transaction() as session:
        session.merge(service).weekdays = 0b1010
    assert not canteen().is_served(MONDAY)
