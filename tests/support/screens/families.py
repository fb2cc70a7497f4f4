"""Finding families at the town hall: the one that was meant, several, none."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import insert, select, update

from app import db
from app.models import Family, Guardian, Invoice
from app.services.families import words
from tests.support.browser import Browser, Page

Screens = Iterator[tuple[str, Page]]
MANY = 30


def families_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as whoever opens families."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Invoice).where(Invoice.number == "62").values(number="5000"))
    for state, typed in (
        ("nothing typed", ""),
        ("several", "jules"),
        ("nobody", "xylophone"),
        ("somebody else", "morau paul"),
        ("an invoice too", "5000"),
    ):
        yield f"search, {state}", search(office, typed)
    _settle_many(app)
    yield "search, many", search(office, "durand")


def search(office: Browser, typed: str) -> Page:
    """Type something in the field that is on every page."""
    return office.get("town_hall.day").fill({"Chercher une famille": typed}).submit("Chercher")


def _settle_many(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        named = [{"source_id": f"d{each}", "number": f"D{each}"} for each in range(MANY)]
        session.execute(insert(Family), named)
        ids = session.scalars(select(Family.id).where(Family.number.startswith("D"))).all()
        people = {"rank": 1, "last_name": "DURAND", "first_name": "Ana"}
        session.execute(insert(Guardian), [people | {"family_id": each} for each in ids])
        words.refresh(session, ids)
