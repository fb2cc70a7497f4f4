"""« Semaine type »: a parent says it, reads what a season of it books, saves."""

from datetime import date
from decimal import Decimal

from flask import Flask

from app import db
from app.models import Tariff
from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import People, public_id
from tests.support.services import booked_by

UNTIL_CHRISTMAS = {"Du": "30/11/2026", "Au": "2027-01-08"}
MOST_STATEMENTS = 8


def test_it_is_said_read_and_saved(app: Flask, parent: Browser) -> None:
    """In one batch; the strike of 1 December is told above what was saved."""
    page = parent.get("family.typical_weeks").link("Modifier la semaine type de PAYS").click()
    page = page.fill({"Cantine, lundi": True, "Cantine, mardi": True}).submit("Enregistrer")
    page = page.fill(UNTIL_CHRISTMAS).submit("Continuer", _refused=200)
    assert "PAYS – Cantine, Garderie de midi 7 jours, du 30 novembre 2026" in page.text
    assert "Décembre 2026 : 7, 8, 14, 15" in page.text
    assert "Mardi 1er décembre, PAYS, Cantine : Fermé : Grève." in page.text
    before = every_row(app)
    page = page.submit("Modifier", _refused=200)
    assert page.value("Au") == "2027-01-08"
    page = page.submit("Continuer", _refused=200)
    assert every_row(app) == before
    page = page.submit("Enregistrer")
    assert page.h1 == "Réservations enregistrées"
    assert "Le reste est enregistré, mais pas ceci" in page.text
    page = parent.get("family.typical_weeks").fill(UNTIL_CHRISTMAS)
    page = page.submit("Continuer", _refused=200)
    # Only the strike is left to say, and nothing to save.
    assert "Enregistrer" not in [button.get_text() for button in page.soup.select("button")]


def test_its_pages_ask_the_database_little(app: Flask, parent: Browser) -> None:
    for address in (
        parent.address("family.typical_weeks"),
        parent.address("family.typical_week", public_id=public_id("e1")),
        parent.address("family.bookings_week", week="2026-W49", type="oui"),
    ):
        with statements_of(app) as sent:
            parent.visit(address)
        assert selects(sent) <= MOST_STATEMENTS


def test_a_year_is_told_by_month(app: Flask, parent: Browser, people: People) -> None:
    """What it costs before, then how many days each month has; each of them for whoever asks."""
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.say_typical(child, 0, 1, 3, 4)
        for service, amount in zip(bookings.services, ("4.20", "0"), strict=False):
            since, price = date(2026, 9, 1), Decimal(amount)
            session.add(Tariff(service_id=service.id, first=since, amount=price))
    page = parent.get("family.typical_weeks").fill({"Du": "2027-01-11", "Au": "2027-02-05"})
    page = page.submit("Continuer", _refused=200)
    assert "Coût estimé : 67,20 €." in page.text
    page = page.submit("Enregistrer")
    assert "Janvier 2027 PAYS, Cantine, Garderie de midi : 12 jours Réservé" in page.text
    assert "Février 2027 PAYS, Cantine, Garderie de midi : 4 jours Réservé" in page.text
    assert "Lundi 11 janvier – PAYS, Cantine, Garderie de midi Réservé" in page.text
