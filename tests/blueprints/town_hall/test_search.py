"""« Chercher une famille »: in the head of every page of the town hall."""

import pytest
from flask import Flask

from app.testing import Outbox
from tests.support.browser import Browser
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.screens.families import search


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Paul, who only reads, is signed in."""
    paul = settle(app, "paul@commune.fr", "Paul Lesage", "lecture", by_mail=True)
    sign_in_by_mail(browser, paul, outbox)
    return browser


def test_the_one_that_was_meant_is_opened(office: Browser) -> None:
    """From wherever one is: by the end of a name and the telephone, or by an invoice."""
    assert search(office, "zest 06 38").h1 == "Famille ZEST, n° 3816231"
    page = office.get("town_hall.own_account")
    page = page.fill({"Chercher une famille": "60"}).submit("Chercher")
    assert page.h1 == "Famille MOREAU, n° 500001"


def test_several_are_shown_with_what_tells_them_apart(office: Browser) -> None:
    page = search(office, "Jules dubois")
    assert "2 familles pour « Jules dubois »" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert len(rows) == 2
    assert all("Jules" in row and "(CP)" in row and "Actif" in row for row in rows)
    assert page.value("Chercher une famille") == "Jules dubois"


def test_a_slip_of_the_pen_is_put_right(office: Browser) -> None:
    page = search(office, "morau")
    assert "Vouliez-vous dire MOREAU ?" in page.text
    assert page.link("MOREAU").click().h1 == "Famille MOREAU, n° 500001"


def test_a_search_asks_the_database_little(app: Flask, office: Browser) -> None:
    with statements_of(app) as said:
        office.visit("/mairie/recherche?q=jules")
    assert selects(said) <= 8
