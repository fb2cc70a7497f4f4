"""« Semaine type »: a parent says it, reads what a season of it books, saves."""

from flask import Flask

from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import public_id

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
