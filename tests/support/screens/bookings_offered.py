"""« Places proposées » in their states: none, one to answer about."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Booking, BookingState, Service
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

NOW, DAY, WEEK = datetime(2026, 11, 25, 9, tzinfo=UTC), date(2026, 12, 10), "2026-W50"

Screens = Iterator[tuple[str, Page]]


def offered_screens(app: Flask, people: People) -> Screens:
    """Go through them as Monsieur MOREAU does, whose child may come already."""
    with time_machine.travel(NOW, tick=False):
        parent = Browser(app)
        parent.sign_in(people.moreau)
        yield "offers, none", parent.get("family.offered_places")
        with app.app_context(), db.transaction() as session:
            bookings, child = booked_by(session, people.moreau)
            bookings.book(child, [DAY], NOW)
            offered = update(Booking).where(Booking.day == DAY, Booking.child_id == child.id)
            until = NOW + timedelta(hours=24)
            session.execute(offered.values(state=BookingState.OFFERED, offer_until=until))
        with app.app_context(), db.transaction() as session:
            session.execute(update(Service).values(opens_at=NOW + timedelta(days=90)))
        page = parent.get("family.bookings_week", week=WEEK)
        yield "bookings, not open yet", page
        link = page.soup.select_one('a[href^="/reservations/ouverture/"]')
        assert link is not None
        page = parent.visit(str(link["href"]))
        yield "opening of the bookings", page
        yield "opening of the bookings, asked for", page.submit("Me prévenir")
        with app.app_context(), db.transaction() as session:
            session.execute(update(Service).values(opens_at=None))
        yield "bookings, a place is offered", parent.get("family.bookings_week", week=WEEK)
        page = parent.get("family.offered_places")
        yield "offers, one", page
        yield "offers, left open", parent.post(page.path, {"csrf_token": "old"})
