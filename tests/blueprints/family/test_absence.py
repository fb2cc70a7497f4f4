"""« Signaler une absence »: too late to cancel, a parent says that the child does not come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.booking_kinds import BookingState
from app.models import BookingEvent, Service
from app.services.bookings.morning import day_list
from tests.services.bookings.conftest import capacity, places, states, tick
from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import People

CHECK, SEND = "Continuer", "Signaler l’absence"
MONDAY_MORNING = datetime(2026, 11, 30, 7, 45, tzinfo=UTC)
TOO_LATE = datetime(2026, 11, 30, 8, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
CANTEEN_TODAY = "Cantine, avec Garderie de midi, PAYS, lundi 30 novembre"
CANTEEN_ON_THURSDAY = "Cantine, avec Garderie de midi, PAYS, jeudi 3 décembre"
CANTEEN_IN_A_WEEK = "Cantine, avec Garderie de midi, PAYS, lundi 7 décembre"
MOST_STATEMENTS = 8


@pytest.fixture
def sick(app: Flask, parent: Browser, people: People) -> Iterator[Browser]:
    """Her child eats on Monday, Thursday and the week after; it is Monday, 8.45."""
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine")
        tick(people.zest, "7 cantine", monday=date(2026, 12, 7))
    with time_machine.travel(MONDAY_MORNING, tick=False):
        parent.sign_in(people.zest)
        yield parent


def test_a_sick_child_is_missed_in_two_steps(app: Flask, sick: Browser, people: People) -> None:
    """Today first; what is told is on the list of the day, and the place stays taken."""
    page = sick.get("family.home").link("Signaler une absence de PAYS").click()
    assert page.text.index("Aujourd’hui, lundi 30 novembre") < page.text.index("Jeudi 3 décembre")
    page = page.fill({CANTEEN_TODAY: True, "Malade": True}).submit(CHECK, _refused=200)
    assert page.h1 == "Vérifiez l’absence"
    assert "Lundi 30 novembre – PAYS, Cantine, avec Garderie de midi" in page.text
    assert "Cantine : ces jours restent facturés." in page.text
    page = page.submit(SEND)
    assert page.h1 == "Absence signalée"
    assert "PAYS, Cantine, Garderie de midi Absence signalée" in page.text
    with app.app_context():
        assert states(people.zest)["30 cantine"] == "absent parent"
        assert states(people.zest)["30 garderie-de-midi"] == "absent linked"
        assert states(people.zest)["3 cantine"] == "booked parent"
        assert places()["30 cantine"] == 1
        remarks = [line.remark for line in day_list.of_day(MONDAY).lines]
        assert remarks == ["Absence déclarée", "Absence déclarée"]


def test_what_may_be_cancelled_is_cancelled(app: Flask, sick: Browser, people: People) -> None:
    """A day of this week is missed, one of the next is given back: said before it is sent."""
    page = sick.get("family.absence")
    assert (
        "Vous pouvez annuler jusqu’au jeudi 3 décembre à minuit. Ce jour ne sera pas" in page.text
    )
    page = page.fill({CANTEEN_TODAY: True, CANTEEN_IN_A_WEEK: True, "Autre raison": True})
    page = page.submit(CHECK, _refused=200)
    cancelled, declared = page.text.split("À annuler, non facturé")[1].split(
        "Absence à signaler", 1
    )
    assert "Lundi 7 décembre" in cancelled
    assert "Lundi 30 novembre" in declared
    page = page.submit(SEND)
    assert "Lundi 7 décembre PAYS, Cantine, Garderie de midi Annulé" in page.text
    with app.app_context():
        assert states(people.zest)["30 cantine"] == "absent parent"
        assert states(people.zest, date(2026, 12, 7))["7 cantine"] == "cancelled parent"
        said = db.session().scalars(select(BookingEvent.sentence).order_by(BookingEvent.id)).all()
        assert said[-1].startswith("Autre raison. Vous pouvez ")


def test_a_midday_that_was_ticked_itself_is_missed_too(
    app: Flask, parent: Browser, people: People
) -> None:
    """It has a box of its own: it would stay without the canteen."""
    with app.app_context():
        tick(people.zest, "30 garderie-de-midi")
        tick(people.zest, "30 garderie-de-midi", "30 cantine")
        with db.transaction() as session:
            session.execute(update(Service).values(absence_rule="J-0 09:00"))
    with time_machine.travel(MONDAY_MORNING, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.absence").fill({"Malade": True})
        for service in ("Cantine", "Garderie de midi"):
            page = page.fill({f"{service}, PAYS, lundi 30 novembre": True})
        page.submit(CHECK, _refused=200).submit(SEND)
    with app.app_context():
        assert set(states(people.zest).values()) == {"absent parent"}


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (0, "Cantine : ces jours ne seront pas facturés."),
        (1, "Cantine : le premier jour d’une absence est facturé, les suivants non."),
        (2, "Cantine : les 2 premiers jours d’une absence sont facturés, les suivants non."),
    ],
)
def test_it_says_at_once_what_is_billed(app: Flask, sick: Browser, due: int, words: str) -> None:
    """By the rule of the service; a day that the town closed is not, whatever the rule."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(due_absences=due))
    page = sick.get("family.absence").fill({CANTEEN_TODAY: True, "École fermée": True})
    text = page.submit(CHECK, _refused=200).text
    assert words in text
    assert "Si la mairie a fermé ces jours, rien ne vous sera facturé." in text


def test_a_day_and_a_reason_are_asked_for(sick: Browser) -> None:
    page = sick.get("family.absence").submit(CHECK, _refused=200)
    assert page.errors == ["Choisissez une raison."]
    page = page.fill({"Malade": True}).submit(CHECK, _refused=200)
    assert page.errors == ["Cochez au moins un jour, puis continuez."]


def test_past_the_hour_whoever_comes_is_told_so(app: Flask, sick: Browser) -> None:
    """Whoever read the summary in time has two minutes; whoever did not, none."""
    page = sick.get("family.absence").fill({CANTEEN_TODAY: True, "Malade": True})
    before = every_row(app)
    with time_machine.travel(TOO_LATE, tick=False):
        assert "Trop tard : une absence du lundi 30 novembre" in sick.get("family.absence").text
        page = page.submit(CHECK, _refused=200)
        assert "Impossible" in page.text
        assert SEND not in page.text
    assert every_row(app)["booking"] == before["booking"]


def test_a_child_who_is_well_again_comes_back(app: Flask, sick: Browser, people: People) -> None:
    """To a full canteen too: the place was theirs all the time."""
    page = sick.get("family.absence").fill({CANTEEN_TODAY: True, "Malade": True})
    page.submit(CHECK, _refused=200).submit(SEND)
    text = sick.get("family.absence").text
    assert "Vous pouvez revenir sur l’absence jusqu’au lundi 30 novembre à 9 h" in text
    with app.app_context():
        capacity(1)
    page = sick.get("family.bookings_week", week="2026-W49")
    page = page.fill({"Cantine, PAYS, lundi 30 novembre": True}).submit(CHECK, _refused=200)
    assert "À réserver" in page.text
    page.submit("Enregistrer")
    with app.app_context():
        assert states(people.zest)["30 cantine"].startswith(BookingState.BOOKED)
        assert places()["30 cantine"] == 1


def test_the_other_guardian_said_it_already(app: Flask, sick: Browser, people: People) -> None:
    """What is asked is so: nothing is written twice."""
    page = sick.get("family.absence").fill({CANTEEN_TODAY: True, "Malade": True})
    page = page.submit(CHECK, _refused=200)
    elsewhere = Browser(app)
    elsewhere.sign_in(people.zest)
    again = elsewhere.get("family.absence")
    again = again.fill({CANTEEN_TODAY: True, CANTEEN_ON_THURSDAY: True, "Autre raison": True})
    again.submit(CHECK, _refused=200).submit(SEND)
    before = every_row(app)
    assert page.submit(SEND, _refused=200).errors
    assert every_row(app)["booking_event"] == before["booking_event"]


def test_it_asks_the_database_little(app: Flask, sick: Browser) -> None:
    sick.get("family.absence")
    with statements_of(app) as sent:
        sick.get("family.absence")
    assert selects(sent) <= MOST_STATEMENTS
