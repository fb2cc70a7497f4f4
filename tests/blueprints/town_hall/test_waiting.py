"""« Listes d’attente »: Nadia gives a place, or tells a family why it has none."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingState
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.services.bookings.conftest import WEDNESDAY_BEFORE, capacity, enrol, tick
from tests.support.browser import Browser, Page
from tests.support.form_filling import words_of
from tests.support.people import People


@pytest.fixture
def nadia(app: Flask, people: People) -> Iterator[Browser]:
    """She answers; one family has the only place, two wait."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False):
        with app.app_context():
            for person in (people.zest, people.moreau, people.ines):
                enrol(person)
            capacity(1)
            for person in (people.zest, people.moreau, people.ines):
                tick(person, "30 cantine")
        yield come(app, *NADIA, "secretariat")


def names(page: Page) -> list[str]:
    """Read who waits."""
    return [words_of(link) for link in page.soup.select("th a")]


def states(app: Flask) -> list[str]:
    with app.app_context():
        rows = select(Booking.state).where(Booking.origin == "parent").order_by(Booking.id)
        return [each.value for each in db.session().scalars(rows)]


def test_nadia_gives_a_place(app: Flask, nadia: Browser) -> None:
    page = nadia.get("town_hall.offered").link("Listes d’attente").click()
    assert "Lundi 30 novembre, Cantine" in page.text
    assert "Complet." in page.text
    page = page.link(names(page)[1]).click()
    assert "C’est complet : donner cette place en ajoute une ce jour-là." in page.text
    again = page
    page = page.submit("Donner la place")
    assert "a une place. Un courriel le dit à la famille." in page.text
    assert states(app) == ["booked", "waiting", "booked"]
    assert "Cette famille n’attend plus cette place." in again.submit("Donner la place").text


def test_nadia_tells_why_not(app: Flask, nadia: Browser) -> None:
    page = nadia.get("town_hall.waiting_lists_page")
    page = page.link(names(page)[0]).click()
    assert page.submit("Retirer de la liste", _refused=200).errors == [
        "Dites pourquoi : la famille le lit."
    ]
    page = page.fill({"Motif": "réfectoire plein"})
    again = page
    page = page.submit("Retirer de la liste")
    assert "n’attend plus. Le message à la famille part ce matin à 10 h 10." in page.text
    assert states(app) == ["booked", "cancelled", "waiting"]
    assert "Cette famille n’attend plus cette place." in again.submit("Retirer de la liste").text


def test_nobody_is_refused_what_is_offered_meanwhile(app: Flask, nadia: Browser) -> None:
    page = nadia.get("town_hall.waiting_lists_page")
    page = page.link(names(page)[0]).click()
    with app.app_context(), db.transaction() as session:
        waits = update(Booking).where(Booking.state == BookingState.WAITING)
        session.execute(waits.values(state=BookingState.OFFERED))
    page = page.fill({"Motif": "plein"}).submit("Retirer de la liste", _refused=200)
    assert page.errors == ["Une place lui est proposée : attendez sa réponse."]
    assert "Refuser" not in page.text
