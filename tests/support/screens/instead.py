"""A strike, a month that the town invoiced, and many days that are saved at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import time_machine
from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.models import Message, Tariff
from app.services.actors import PORTAL
from app.services.bookings import invoicing
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.inbox import sending
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

STRIKE = date(2027, 3, 22)
A_QUARTER = timedelta(minutes=15)


def instead_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Go through them as Madame PAYS ZEST, whose child would have eaten there."""
    with app.app_context():
        with db.transaction() as session:
            bookings, eldest = booked_by(session, people.zest)
            bookings.book(eldest, [STRIKE], datetime.now(UTC))
        closing.close(Extent((STRIKE,), ("cantine",)), "grève", PORTAL)
    with time_machine.travel(datetime.now(UTC) + A_QUARTER, tick=False):
        with app.app_context():
            last = select(Message.id).where(Message.unsent).order_by(Message.id.desc()).limit(1)
            sending.give(db.session().scalars(last).one())
        parent = Browser(app)
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2027-W12")
        yield "bookings, a strike", page
        with app.app_context():
            invoicing.invoice(STRIKE, PORTAL)
        yield "bookings, invoiced", parent.get("family.bookings_week", week="2027-W12")
        with app.app_context():
            invoicing.open_again(STRIKE, PORTAL)
    yield from _two_months(app, people)


def _two_months(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Many days at once: what they cost, then what became of them by month."""
    with app.app_context(), db.transaction() as session:
        bookings, eldest = booked_by(session, people.zest)
        bookings.say_typical(eldest, 0, 1, 3, 4)
        spring = {"first": date(2027, 4, 1), "amount": Decimal("4.20")}
        tariffs = [Tariff(service_id=each.id, **spring) for each in bookings.services]
        session.add_all(tariffs)
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.typical_weeks").fill({"Du": "2027-05-10", "Au": "2027-06-18"})
    page = page.submit("Continuer", _refused=200)
    yield "typical weeks, with what they cost", page
    yield "typical weeks, saved", page.submit("Enregistrer")
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Tariff).where(Tariff.first == spring["first"]))
