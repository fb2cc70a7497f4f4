"""A parent books past the limit, at a higher price that is read before."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Late, Service
from tests.blueprints.town_hall.test_tariffs import say
from tests.services.bookings.conftest import LIMIT
from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import People

CANTEEN = "Cantine, PAYS, lundi 30 novembre"
FRIDAY = LIMIT + timedelta(hours=10)
MOST_STATEMENTS = 8
COSTS = "Réserver hors délai : 6,30 € au lieu de 4,20 €"


def test_the_price_is_read_three_times(app: Flask, parent: Browser, people: People) -> None:
    """On the box, before saving, and kept in the history."""
    say(app)
    with time_machine.travel(FRIDAY, tick=False):
        parent.sign_in(people.zest)
        with statements_of(app) as sent:
            page = parent.get("family.bookings_week", week="2026-W49")
        assert selects(sent) <= MOST_STATEMENTS
        assert f"{COSTS}, jusqu’au dimanche 29 novembre à minuit" in page.text
        assert "Cocher comme la semaine précédente" not in page.text
        page = page.fill({CANTEEN: True}).submit("Continuer", _refused=200)
        assert "À réserver hors délai Lundi 30 novembre – PAYS, Cantine" in page.text
        assert COSTS in page.text
        assert "Différence estimée : 6,30 € de plus." in page.text
        page = page.submit("Enregistrer")
        assert "PAYS, Cantine, Garderie de midi Réservé hors délai" in page.text
        page = parent.get("family.bookings_week", week="2026-W49")
        assert page.text.count("Réservé hors délai") == 2
        page = parent.get("family.bookings_month", month="2026-11")
        assert "Cantine, Garderie de midi (hors délai)" in page.text
        assert "Estimation de ce qui est réservé : 6,30 €." in page.text
        page = parent.get("family.bookings_history")
        assert "hors délai. Réserver hors délai : 6,30 €" in page.text


def test_a_summary_that_was_in_time_is_read_again(
    app: Flask, parent: Browser, people: People
) -> None:
    """Whoever saves long after the limit is shown the price first."""
    say(app)
    with time_machine.travel(LIMIT - timedelta(minutes=5), tick=False) as clock:
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49").fill({CANTEEN: True})
        page = page.submit("Continuer", _refused=200)
        assert COSTS not in page.text
        clock.move_to(LIMIT + timedelta(minutes=3))
        page = page.submit("Enregistrer", _refused=200)
        assert "un de ces jours est maintenant hors délai" in page.text
        assert COSTS in page.text
        assert "Réservé hors délai" in page.submit("Enregistrer").text


def test_what_a_town_refuses_is_refused_whatever_is_sent(
    app: Flask, parent: Browser, people: People
) -> None:
    """The page is forged from one of a town that takes it."""
    say(app)
    with time_machine.travel(FRIDAY, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49").fill({CANTEEN: True})
        page = page.submit("Continuer", _refused=200)
        with app.app_context(), db.transaction() as session:
            session.execute(update(Service).values(late=Late.REFUSE))
        before = every_row(app)["booking"]
        page = page.submit("Enregistrer")
        assert "1 jour n’a pas pu être enregistré" in page.text
        assert every_row(app)["booking"] == before
