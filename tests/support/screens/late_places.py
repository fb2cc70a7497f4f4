"""« Places exceptionnelles » in their states: none, what may be given, what may not."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import DayState, Enrolment, Place, Service, ServiceDay, Tariff
from tests.services.requests.conftest import send, signed_in
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]
# Long closed, so that it is late.
RULE = "J-90 24:00"


def late_place_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as somebody of the office."""
    yield "late places, none", office.get("town_hall.late_places")
    # Of no other screen.
    monday = today() + timedelta(days=42 - today().weekday())
    _ask(app, people, monday, monday + timedelta(days=1))
    page = office.get("town_hall.late_places")
    yield "late places, one", page
    link = page.soup.select_one("th a")
    assert link is not None
    path = str(link["href"])
    page = office.visit(path)
    yield "late place, some left", page
    yield "late place, no reason", page.submit("Refuser", _refused=200)
    _have(app, Place, taken=Place.capacity)
    yield "late place, full", office.visit(path)
    _have(app, Service, capacity=None)
    yield "late place, as many as come", office.visit(path)
    _have(app, ServiceDay, state=DayState.CLOSED, reason="grève")
    yield "late place, closed", office.visit(path)
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Enrolment))
        session.execute(delete(Tariff))
    yield "late place, enrolled no more", office.visit(path)
    number = path.rpartition("/")[2]
    page = office.get("town_hall.request", number=number)
    yield "desk, a late place", page
    page = office.visit(path).fill({"Raison": "Les repas sont commandés."})
    yield "late place, refused", page.submit("Refuser")


def _ask(app: Flask, people: People, *days: date) -> None:
    with app.app_context():
        with db.transaction() as session:
            bookings, child = booked_by(session, people.moreau)
            bookings.enrol(child, days[0])
            for service in bookings.services:
                _close(session, service, *days)
            names = [f"{child.public_id}.{bookings.services[0].slug}.{day}" for day in days]
            child_id = child.public_id
        details = {"boxes": names, "places": ["Cantine"] * 2, "text": "Je travaille.\nMerci."}
        send(signed_in(people.moreau), "place", "e" * 32, details=details, children=[child_id])


def _close(session: Session, service: Service, *days: date) -> None:
    """Have it be there on these days, at a price past the limit, with some places left."""
    service.book_rule, service.capacity = RULE, 9
    price = Tariff(service_id=service.id, first=days[0], amount=Decimal("4.20"))
    price.late_amount = Decimal("6.30")
    session.add(price)
    for day in days:
        session.add(ServiceDay(service_id=service.id, day=day, state=DayState.OPEN))
        session.merge(Place(service_id=service.id, group_id=0, day=day, capacity=9, taken=2))


def _have(app: Flask, table: type[db.Base], **values: object) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(table).values(**values))
