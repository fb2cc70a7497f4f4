"""A week whose canteen is on strike, and one of a month that the town invoiced."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Message
from app.services.actors import PORTAL
from app.services.bookings import invoicing
from app.services.bookings.closings import closing, closing_letters
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
        changed = closing.close(Extent((STRIKE,), ("cantine",)), "grève", PORTAL)
        closing_letters.tell_of_closing(changed, "grève", "", PORTAL)
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
