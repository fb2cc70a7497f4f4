"""« Liste d’attente »: rank, since when, until when a place may come, and leaving the list."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Booking, BookingState
from tests.services.bookings.conftest import LIMIT, capacity, enrol, places, states, tick
from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import People

MOST_STATEMENTS = 8


@pytest.fixture
def waits(app: Flask, parent: Browser, people: People) -> Browser:
    """Two children were there before hers on Monday; on Thursday none."""
    with app.app_context():
        for person in (people.moreau, people.ines):
            enrol(person)
        capacity(1)
        tick(people.moreau, "30 cantine", "3 cantine")
        tick(people.ines, "30 cantine")
        tick(people.zest, "30 cantine", "3 cantine")
    return parent


def test_rank_since_when_and_until_when(waits: Browser) -> None:
    page = waits.get("family.bookings").link("Liste d’attente").click()
    first, second = page.text.split("Lundi 30 novembre")[1].split("Jeudi 3 décembre")
    assert "PAYS, Cantine, avec Garderie de midi Liste d’attente, rang 2" in first
    assert "Depuis : mercredi 25 novembre 2026 à 10 h 00." in first
    assert "Elle peut encore venir jusqu’au jeudi 26 novembre à minuit." in first
    assert "rang 1" in second


def test_whoever_leaves_is_not_in_the_way(app: Flask, waits: Browser, people: People) -> None:
    """The others of the list move up; her other day stays as it is."""
    page = waits.get("family.bookings_awaited")
    page = page.submit("Quitter, PAYS, lundi 30 novembre")
    assert "Vous n’attendez plus cette place." in page.text
    assert "Lundi 30 novembre" not in page.text
    assert "Jeudi 3 décembre" in page.text
    with app.app_context():
        assert states(people.zest)["30 cantine"].startswith("cancelled")
        assert states(people.zest)["30 garderie-de-midi"].startswith("cancelled")
        assert places() == {"30 cantine": 1, "3 cantine": 1}


def test_past_the_limit_it_says_that_nothing_comes_by_itself(
    waits: Browser, people: People
) -> None:
    with time_machine.travel(LIMIT, tick=False):
        waits.sign_in(people.zest)
        text = waits.get("family.bookings_awaited").text
    assert "C’est trop tard pour qu’elle vienne d’elle-même" in text


def test_a_place_that_is_kept_is_told_with_its_end(app: Flask, waits: Browser) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(
            update(Booking)
            .where(Booking.state == BookingState.WAITING)
            .values(
                state=BookingState.OFFERED,
                offer_until=datetime(2026, 11, 25, 17, 1, tzinfo=UTC),
                waiting_since=None,
            )
        )
    page = waits.get("family.bookings_awaited")
    assert "Une place vous est gardée jusqu’à ce soir à 18 h 00" in page.text
    link = page.link("prenez-la ou laissez-la")
    assert link.click().endpoint == "family.offered_places"


@pytest.mark.parametrize(
    "forged", ["", "x", "a.b.c:1", "a.cantine.0001-01-01:1", "a.cantine.2026-11-30:1"]
)
def test_what_no_page_of_ours_sends_changes_nothing(
    app: Flask, waits: Browser, forged: str
) -> None:
    page = waits.get("family.bookings_awaited")
    before = every_row(app)["booking"]
    path = waits.address("family.bookings_awaited")
    assert waits.post(path, {"csrf_token": page.csrf_token, "vu": forged}).errors
    assert every_row(app)["booking"] == before


def test_who_waits_for_nothing_is_told_how_one_waits(parent: Browser) -> None:
    assert "Vous n’attendez aucune place" in parent.get("family.bookings_awaited").text


def test_it_asks_the_database_little(app: Flask, waits: Browser) -> None:
    waits.get("family.bookings_awaited")
    with statements_of(app) as sent:
        waits.get("family.bookings_awaited")
    assert selects(sent) <= MOST_STATEMENTS
