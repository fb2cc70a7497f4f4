"""What the page of a week leads to where something is not possible, and warns of."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import CustodyPattern, Late, Service
from tests.services.bookings.conftest import LIMIT, enrol, tick
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id
from tests.support.services import booked_by

CHECK = "Continuer"
MOST_STATEMENTS = 8
CANTEEN, MIDDAY = "Cantine, PAYS, lundi 30 novembre", "Garderie de midi, PAYS, lundi 30 novembre"


def test_what_comes_along_is_said_once(parent: Browser) -> None:
    """Though both were ticked: nobody wonders whether it is paid twice."""
    page = parent.get("family.bookings").fill({CANTEEN: True, MIDDAY: True})
    page = page.submit(CHECK, _refused=200)
    assert page.text.count("Garderie de midi") == 1
    assert "PAYS, Cantine, avec Garderie de midi" in page.text
    assert "PAYS, Cantine, Garderie de midi Réservé" in page.submit("Enregistrer").text


def test_too_late_to_cancel_leads_to_an_absence(
    app: Flask, parent: Browser, people: People
) -> None:
    with app.app_context():
        tick(people.zest, "30 cantine")
    with time_machine.travel(LIMIT, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49")
        link = page.link("Signaler une absence, Cantine, PAYS, lundi 30 novembre")
        assert link.click().h1 == "Signaler une absence"


def test_a_place_is_asked_for_with_its_day_and_its_child(
    app: Flask, parent: Browser, people: People
) -> None:
    """Where the town takes such requests; what no page of ours asks begins an empty one."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(late=Late.REQUEST))
    with time_machine.travel(LIMIT, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49")
        link = page.link("Demander une place exceptionnelle, Cantine, PAYS, lundi 30 novembre")
        begun = "Place exceptionnelle : Cantine, lundi 30 novembre 2026, PAYS. Raison :"
        assert " ".join(link.click().value("Votre demande").split()) == begun
        other = f"{public_id('e2')}.cantine.2026-11-30"
        for place in ("x", other, "a.b.0001-01-01", f"{public_id('e1')}.cantine.2026-02-30"):
            page = parent.get("family.request_form", kind="autre", place=place)
            assert page.value("Votre demande") == ""


def test_who_is_not_enrolled_may_ask_for_it(app: Flask, people: People) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        with app.app_context():
            enrol(people.zest)
        other = Browser(app)
        other.sign_in(people.moreau)
        link = other.get("family.bookings").link("Demander l’inscription de Zoé à la cantine")
        assert link.click().h1 == "Inscrire à la cantine"


def test_what_is_booked_is_not_requested(parent: Browser) -> None:
    """Each line leads to where it is done; who is not enrolled still asks."""
    page = parent.get("family.new_request")
    assert page.link("Réserver la cantine").click().path == "/reservations"
    assert page.link("Signaler une absence").click().path == "/reservations/absence"
    assert page.link("Inscrire à la cantine").click().path == "/demandes/nouvelle/cantine"


@pytest.mark.parametrize(("week", "told"), [("2026-W51", 0), ("2026-W52", 1), ("2027-W01", 1)])
def test_two_odd_weeks_in_a_row_are_warned_of(
    app: Flask, parent: Browser, week: str, told: int, people: People
) -> None:
    """On the weeks around, and on the page of the child with the next ten."""
    warning = "Les semaines 53 (28 décembre) et 1 (4 janvier) sont toutes deux impaires"
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(in_holidays=True))
        bookings, child = booked_by(session, people.zest)
        bookings.take_turns(child, CustodyPattern.ISO_ODD, date(2026, 9, 1))
    assert parent.get("family.bookings_week", week=week).text.count(warning) == told
    text = parent.get("family.child", public_id=public_id("e1")).text
    assert "Semaines impaires. Dans les dix prochaines semaines :" in text
    assert "du lundi 7 décembre au dimanche 13 décembre" not in text
    assert "du lundi 30 novembre au dimanche 6 décembre" in text
    assert warning in text


def test_home_tells_the_limit_of_what_comes_along(app: Flask, parent: Browser) -> None:
    """The midday closes on Wednesday: whoever eats has to book by then."""
    with app.app_context(), db.transaction() as session:
        midday = Service.slug == "garderie-de-midi"
        session.execute(update(Service).where(midday).values(book_rule="S-1 mercredi 24:00"))
    assert "Réserver avant mercredi minuit" in parent.get("family.home").text
    with statements_of(app) as sent:
        parent.get("family.home")
    assert selects(sent) <= MOST_STATEMENTS
