"""What every screen has around its content."""

import pytest
from flask import Flask, url_for

from tests.support.browser import Browser
from tests.support.people import People, public_id

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


def test_pages_that_anybody_may_read_are_not_taken_for_private_ones(
    browser: Browser, people: People
) -> None:
    assert browser.get("auth.guide").soup.select("body[data-signed-in]") == []
    assert browser.sign_in(people.zest).soup.select("body[data-signed-in]")


def test_the_first_page_weighs_little(app: Flask, browser: Browser) -> None:
    page = browser.get("auth.sign_in")
    with app.test_request_context():
        files = [
            url_for("static", filename=name)
            for name in ("portail.css", "portail.js", "favicon.svg")
        ]
    weight = len(page.response.data) + sum(len(browser.fetch(path).data) for path in files)
    assert weight < FIRST_LOAD_BYTES
