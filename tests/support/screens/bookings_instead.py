"""What stands beside bookings: what to do instead, whose week it is, and warnings of both."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.formats import day_and_month
from app.models import Child, CustodyPattern, Late, Service, Tariff
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id
from tests.support.screens.our_weeks import our_weeks_screens
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]
# The day after the limit of the week that is shown.
AFTER = datetime(2027, 4, 2, 9, tzinfo=UTC)
WEEK, AFTER_53 = "2027-W14", "2027-W01"
DECEMBER = datetime(2026, 12, 11, 9, tzinfo=UTC)


def instead_screens(app: Flask, people: People) -> Screens:
    """Go through them once services are open."""
    with time_machine.travel(AFTER, tick=False):
        with app.app_context(), db.transaction() as session:
            bookings, eldest = booked_by(session, people.zest)
            bookings.book(eldest, [date(2027, 4, 6)], datetime(2026, 12, 1, tzinfo=UTC))
        parent = Browser(app)
        parent.sign_in(people.zest)
        yield "bookings, too late to cancel", parent.get("family.bookings_week", week=WEEK)
        _late(app, Late.REQUEST)
        yield "bookings, a place is asked for", parent.get("family.bookings_week", week=WEEK)
        place = f"{public_id('e1')}.cantine.2027-04-08"
        page = parent.get("family.request_form", kind="place", place=place)
        yield "request, of a place", page
        page = page.fill({"Raison": "Je travaille."}).submit("Continuer", _refused=200)
        yield "request, of a place, to check", page
        _late(app, Late.SURCHARGE)
        yield from _book_late(app, parent)
        _late(app, Late.REFUSE)
        yield "new request, with bookings", parent.get("family.new_request")
    with time_machine.travel(DECEMBER, tick=False):
        yield from _turns(app, people)
        yield from our_weeks_screens(app, people)


def _book_late(app: Flask, parent: Browser) -> Screens:
    """As nobody knows what it costs; then with both prices."""
    yield "bookings, late", parent.get("family.bookings_week", week=WEEK)
    page = parent.get("family.bookings_week", week=WEEK, copier="avant")
    yield "bookings, late, as the week before", page
    with app.app_context(), db.transaction() as session:
        for number in session.scalars(select(Service.id)):
            price = Tariff(service_id=number, first=date(2026, 9, 1), amount=Decimal("4.20"))
            price.late_amount = Decimal("6.30")
            session.add(price)
        session.flush()
        canteen = session.scalars(select(Service.name).where(Service.slug == "cantine")).one()
        child = session.scalars(select(Child.first_name).where(Child.source_id == "e1")).one()
    page = parent.get("family.bookings_week", week=WEEK)
    yield "bookings, late, with its price", page
    box = f"{canteen}, {child}, {day_and_month(date(2027, 4, 8))}"
    page = page.fill({box: True}).submit("Continuer", _refused=200)
    yield "bookings, check, late", page
    yield "bookings, saved, late", page.submit("Enregistrer")
    yield "month, late", parent.get("family.bookings_month", month="2027-04")
    yield "history, late", parent.get("family.bookings_history")
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Tariff))


def _turns(app: Flask, people: People) -> Screens:
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.claire)
        bookings.enrol(child, date(2026, 9, 3))
        bookings.take_turns(child, CustodyPattern.ISO_ODD, date(2026, 9, 1))
        # A browser would ask for it on another day than that of the page, and be signed out.
        child.photo = ""
        name = session.scalars(select(Child.public_id).where(Child.id == child.id)).one()
    mother = Browser(app)
    mother.sign_in(people.claire)
    yield "bookings, after a week 53", mother.get("family.bookings_week", week=AFTER_53)
    yield "child, every other week", mother.get("family.child", public_id=name)
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.claire)
        bookings.take_turns(child, CustodyPattern.ALTERNATE, date(2026, 9, 1))
    yield "child, in alternate weeks", mother.get("family.child", public_id=name)


def _late(app: Flask, late: Late) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(late=late))
