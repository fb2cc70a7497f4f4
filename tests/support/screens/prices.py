"""What a family’s changes cost, on the page that checks them: more, less, the same."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.models import Service, Tariff
from tests.support.browser import Browser, Page

CHECK = "Continuer"


def price_screens(app: Flask, parent: Browser, week: str, box: str) -> Iterator[tuple[str, Page]]:
    """Tick a day of a week that has none, then give it back."""
    with app.app_context(), db.transaction() as session:
        for number in session.scalars(select(Service.id)):
            price = Tariff(service_id=number, first=date(2026, 9, 1), amount=Decimal("4.20"))
            session.add(price)
    page = parent.get("family.bookings_week", week=week)
    check = page.fill({box: True}).submit(CHECK, _refused=200)
    yield "bookings, check, more to pay", check
    check.submit("Enregistrer")
    yield (
        "bookings, a month with its estimate",
        parent.get("family.bookings_month", month="2026-12"),
    )
    page = parent.get("family.bookings_week", week=week).fill({box: False})
    yield "bookings, check, less to pay", page.submit(CHECK, _refused=200)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Tariff).values(amount=Decimal(0)))
    yield "bookings, check, as much to pay", page.submit(CHECK, _refused=200)
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Tariff))
