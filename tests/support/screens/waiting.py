"""« Listes d’attente » in their states: nobody, who waits, who is being asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, update

from app import db
from app.formats import today
from app.models import Booking, BookingState, Place, Service
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]


def waiting_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as somebody of the office."""
    for state in (BookingState.WAITING, BookingState.OFFERED):
        _have(app, state, BookingState.CANCELLED)
    yield "waiting lists, nobody", office.get("town_hall.waiting_lists_page")
    day = today() + timedelta(days=21 - today().weekday())
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == "cantine").values(capacity=9))
        for person in (people.zest, people.moreau):
            bookings, child = booked_by(session, person)
            bookings.book(child, [day], datetime.now(UTC))
        session.execute(
            update(Booking)
            .where(Booking.day == day, Booking.family_id == bookings.family_id)
            .values(state=BookingState.WAITING, waiting_since=datetime.now(UTC))
        )
        session.execute(update(Place).where(Place.day == day).values(taken=1, capacity=1))
    page = office.get("town_hall.waiting_lists_page")
    yield "waiting lists, full", page
    waiter = page.soup.select_one("th a")
    assert waiter is not None
    page = office.visit(str(waiter["href"]))
    yield "waiting lists, a child", page
    yield "waiting lists, no reason", page.submit("Retirer de la liste", _refused=200)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Place).where(Place.day == day).values(capacity=2))
    yield "waiting lists, a place is free", office.get("town_hall.waiting_lists_page")
    yield "waiting lists, a child who may come", office.visit(page.path)
    _have(app, BookingState.WAITING, BookingState.OFFERED)
    with app.app_context(), db.transaction() as session:
        until = datetime.now(UTC) + timedelta(hours=24)
        offered = update(Booking).where(Booking.state == BookingState.OFFERED)
        session.execute(offered.values(offer_until=until, waiting_since=None))
        session.execute(update(Place).where(Place.day == day).values(taken=2))
    yield "waiting lists, offered", office.get("town_hall.waiting_lists_page")
    page = office.visit(page.path)
    yield "waiting lists, a child who is offered a place", page
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Place).where(Place.day == day))
    yield "waiting lists, as many as come", office.get("town_hall.waiting_lists_page")
    yield "waiting lists, given", page.submit("Donner la place")


def _have(app: Flask, now: BookingState, then: BookingState) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Booking).where(Booking.state == now).values(state=then))
