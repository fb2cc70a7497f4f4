"""« Places proposées »: Monsieur MOREAU is offered a place, and takes it or leaves it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Booking
from tests.services.bookings.conftest import WEDNESDAY_BEFORE, capacity, enrol, states, tick
from tests.support.browser import Browser
from tests.support.people import People

MIDDAY = "30 garderie-de-midi"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the time the day before the limit."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def parent(app: Flask, people: People, clock: time_machine.Traveller) -> Browser:
    """Madame ZEST gave her place back: it is kept for him; Madame BENALI waits behind him."""
    assert clock is not None
    with app.app_context():
        for person in (people.zest, people.moreau, people.ines):
            enrol(person)
        capacity(1, waiting="offer")
        for person in (people.zest, people.moreau, people.ines):
            tick(person, "30 cantine")
        tick(people.zest)
    browser = Browser(app)
    browser.sign_in(people.moreau)
    return browser


def test_he_takes_it(app: Flask, people: People, parent: Browser) -> None:
    """From the week, where nothing else that he ticks answers for him."""
    page = parent.get("family.bookings_week", week="2026-W49")
    assert "Une place est gardée pour vous jusqu’au jeudi 26 novembre à 10 h." in page.text
    page = page.link("Répondre").click()
    assert "Cantine, avec Garderie de midi : une place est gardée pour vous" in page.text
    button = "Prendre la place, Zoé, lundi 30 novembre"
    again = page
    page = page.submit(button)
    assert page.endpoint == "family.bookings_saved"
    with app.app_context():
        assert states(people.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
        assert states(people.ines)["30 cantine"] == "waiting parent 1"
    assert "Cette place n’est plus gardée pour vous" in again.submit(button).text
    assert "Aucune place ne vous est proposée" in parent.get("family.offered_places").text


def test_home_says_until_when(people: People, parent: Browser) -> None:
    """First of what waits for him, while it is kept; then no more."""
    page = parent.get("family.home")
    assert "À faire" in page.text
    told = "Place proposée Gardée jusqu’à demain à 10 h 00. Ensuite, elle va à une autre famille."
    assert told in page.text
    page = page.link("Répondre").click()
    assert page.endpoint == "family.offered_places"
    # The same minute, which is in time.
    assert "jusqu’au jeudi 26 novembre à 10 h." in page.text
    with time_machine.travel(WEDNESDAY_BEFORE + timedelta(hours=25), tick=False):
        parent.sign_in(people.moreau)
        assert "Place proposée" not in parent.get("family.home").text


def test_he_leaves_it(app: Flask, people: People, parent: Browser) -> None:
    page = parent.get("family.offered_places").submit("La laisser, Zoé, lundi 30 novembre")
    assert "Vous avez laissé cette place." in page.text
    with app.app_context():
        assert states(people.moreau)["30 cantine"] == "cancelled parent"
        assert states(people.ines)["30 cantine"] == "offered parent"


def test_he_is_too_late(app: Flask, parent: Browser) -> None:
    """Nobody has taken it back yet: it is told all the same."""
    page = parent.get("family.offered_places")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Booking).values(offer_until=WEDNESDAY_BEFORE))
    page = page.submit("Prendre la place, Zoé, lundi 30 novembre")
    assert "Trop tard : cette place était gardée jusqu’au mercredi 25 novembre" in page.text


def test_a_page_left_open_too_long(app: Flask, people: People, parent: Browser) -> None:
    """It answers for nobody."""
    page = parent.get("family.offered_places")
    assert parent.post(page.path, {"csrf_token": "old"}).errors
    with app.app_context():
        assert states(people.moreau)["30 cantine"] == "offered parent"
