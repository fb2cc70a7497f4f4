"""What every screen has around its content."""

import pytest
from flask import Flask, url_for

from app.services.requests import desk
from tests.services.requests.conftest import send, signed_in
from tests.support.browser import Browser
from tests.support.people import TOWN_HALL, People, public_id

FIRST_LOAD_BYTES = 60_000


@pytest.mark.parametrize("endpoint", ["auth.sign_in", "auth.guide"])
def test_a_stranger_sees_whom_to_call(browser: Browser, endpoint: str) -> None:
    footer = browser.get(endpoint).soup.footer
    assert footer is not None
    words = footer.get_text(" ", strip=True).replace("\u00a0", " ")
    assert "04 76 00 00 00" in words
    assert "1 place de la Mairie, 38000 Saint-Exemple" in words
    assert "du lundi au vendredi, de 9 h à 12 h" in words
    assert footer.select_one('a[href="tel:+33476000000"]')


def test_the_menu_marks_the_page_one_is_on(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    statement = browser.get("family.statement")
    invoice = browser.get("family.invoice", public_id=public_id("f59"))
    for page, mark in ((statement, "page"), (invoice, "true")):
        [current] = page.soup.select("nav#menu [aria-current]")
        assert current.get_text(strip=True) == "Relevé de compte"
        assert current["aria-current"] == mark


AROUND = (
    "site.site_map", "site.legal_notice", "site.personal_data", "site.accessibility", "site.source",
    "auth.guide",
)  # fmt: skip


def test_whoever_is_signed_in_keeps_their_menu_everywhere(browser: Browser, people: People) -> None:
    """On pages that anybody may read, and when something goes wrong: no way back is lost."""
    for endpoint in AROUND:
        page = browser.get(endpoint)
        assert page.soup.select("body[data-signed-in], nav#menu, header details") == []
    browser.sign_in(people.zest)
    pages = [browser.get(endpoint) for endpoint in AROUND]
    pages += [browser.visit("/nulle-part", 404), browser.post("/mentions-legales", {}, 405)]
    for page in pages:
        assert page.soup.select("body[data-signed-in]")
        assert page.link("Mes enfants").click().h1 == "Mes enfants"
        assert "PAYS ZEST" in page.text.partition("Menu")[0]
    assert pages[0].submit("Déconnexion").h1 == "Accès famille"


def test_signing_out_from_the_guide_works(browser: Browser, people: People) -> None:
    """The screens that the guide shows lend it no token of theirs."""
    browser.sign_in(people.zest)
    assert browser.get("auth.guide").submit("Déconnexion").h1 == "Accès famille"


def test_the_menu_counts_what_is_new(app: Flask, browser: Browser, people: People) -> None:
    """In words too, for whoever does not see it; nothing when there is nothing."""
    page = browser.sign_in(people.zest)
    assert "Menu 2 non lus" in page.text
    assert page.link("Boîte de réception (2)").href == "/messages"
    assert page.link("Liste des demandes").href == "/demandes"
    browser.get("family.message", public_id=public_id("m1"))
    with app.app_context():
        sent = send(signed_in(people.zest))
        desk.ask(sent.number, "Une attestation", TOWN_HALL)
    page = browser.get("family.children")
    assert "Menu 1 non lu " in page.text
    assert page.link("Boîte de réception (1)").href == "/messages"
    assert page.link("Liste des demandes pièce manquante").href == "/demandes"


def test_the_first_page_weighs_little(app: Flask, browser: Browser) -> None:
    page = browser.get("auth.sign_in")
    with app.test_request_context():
        files = [
            url_for("static", filename=name)
            for name in ("portail.css", "portail.js", "favicon.svg")
        ]
    weight = len(page.response.data) + sum(len(browser.fetch(path).data) for path in files)
    assert weight < FIRST_LOAD_BYTES
