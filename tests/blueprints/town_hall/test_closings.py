"""« Fermer »: Nadia sees who is concerned, closes, thinks better of it; later opens it again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, Message
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
PAUL = ("paul@commune.fr", "Paul Roux")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the time on a Tuesday."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked(app: Flask, people: People, clock: time_machine.Traveller) -> None:
    """The eldest of two families eat at the canteen on Monday, in two schools."""
    assert clock is not None
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.claire):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [MONDAY], NOW)
        child.school = "École Louise-Michel"


def states(app: Flask) -> list[str]:
    with app.app_context():
        rows = db.session().scalars(select(Booking.state).order_by(Booking.id))
        return [each.value for each in rows]


def asked(browser: Browser, *ticked: str, **typed: str) -> Page:
    """Ask who is concerned by a strike."""
    page = browser.get("town_hall.offered").link("Fermer des jours : grève, neige").click()
    return page.fill(
        dict.fromkeys(ticked, True) | {"Premier jour": "30/11/2026", "Motif": "grève"} | typed
    )


@pytest.mark.usefixtures("booked")
def test_nadia_closes_and_thinks_better_of_it(app: Flask, clock: time_machine.Traveller) -> None:
    """Nothing is changed before she has read who is concerned, and what they will read."""
    nadia = come(app, *NADIA, "secretariat")
    page = asked(nadia, "Cantine").submit("Voir qui est concerné", _refused=200)
    assert page.h1 == "Relire avant de fermer"
    assert "2 enfants, 2 familles, 2 repas." in page.text
    assert "Motif : grève." in page.text
    assert states(app) == ["booked"] * 4
    page = page.submit("Modifier", _refused=200)
    assert page.value("Motif") == "grève"
    page = page.submit("Voir qui est concerné", _refused=200).submit("Fermer")
    assert "C’est fermé. Le message aux familles part ce matin à 10 h 10." in page.text
    assert states(app) == ["closed"] * 4
    clock.shift(timedelta(minutes=5))
    page = nadia.get("town_hall.closings").link("Cantine, lundi 30 novembre 2026").click()
    page = page.submit("Annuler cette fermeture")
    assert (
        "2 enfants retrouvent leurs réservations. Le message de fermeture n’était pas parti"
        in page.text
    )
    assert states(app) == ["booked"] * 4
    assert "Annuler" not in page.text
    assert "Rouvert" in nadia.get("town_hall.closings").text


@pytest.mark.usefixtures("booked")
def test_one_school_is_closed_then_opened_days_later(
    app: Flask, clock: time_machine.Traveller
) -> None:
    nadia = come(app, *NADIA, "secretariat")
    page = asked(nadia, "Cantine", "École Louise-Michel")
    page = page.submit("Voir qui est concerné", _refused=200)
    assert "1 enfant, 1 famille, 1 repas." in page.text
    page = page.submit("Fermer")
    assert sorted(states(app)) == ["booked", "booked", "closed", "closed"]
    with app.app_context(), db.transaction() as session:
        session.execute(update(Message).values(unsent=False))
    clock.shift(timedelta(hours=2))
    nadia = come(app, *PAUL, "secretariat")
    page = (
        nadia.get("town_hall.closings")
        .link("Cantine, lundi 30 novembre 2026 (École Louise-Michel)")
        .click()
    )
    page = page.fill({"À ajouter au message (facultatif)": "La chaudière marche."})
    page = page.submit("Rouvrir")
    assert "Le message aux familles part cet après-midi à 12 h 10." in page.text
    assert states(app) == ["booked"] * 4
    with app.app_context():
        last = db.session().scalars(select(Message).order_by(Message.id.desc())).first()
        assert last is not None
        assert last.body.endswith("La chaudière marche.")


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"Motif": ""}, "Dites pourquoi"),
        ({"Dernier jour (facultatif)": "demain"}, "Donnez un jour comme"),
        ({"Premier jour": "23/11/2026"}, "Ce jour est passé"),
        ({"Dernier jour (facultatif)": "29/11/2026"}, "Le dernier jour est avant le premier."),
        (
            {"Premier jour": "5/12/2026", "Dernier jour (facultatif)": "6/12/2026"},
            "Rien n’ouvre ces jours-là.",
        ),
    ],
)
def test_what_cannot_be_closed(app: Flask, typed: dict[str, str], said: str) -> None:
    nadia = come(app, *NADIA, "secretariat")
    page = asked(nadia, "Cantine", **typed).submit("Voir qui est concerné", _refused=200)
    assert any(said in each for each in page.errors), page.errors
    assert states(app) == ["booked"] * 4


@pytest.mark.usefixtures("booked")
def test_who_closed_it_meanwhile(app: Flask) -> None:
    """A colleague was faster: it is said, and nothing is told twice."""
    nadia, other = come(app, *NADIA, "secretariat"), come(app, *PAUL, "secretariat")
    page = asked(nadia, "Cantine").submit("Voir qui est concerné", _refused=200)
    asked(other, "Cantine").submit("Voir qui est concerné", _refused=200).submit("Fermer")
    page = page.submit("Fermer", _refused=200)
    assert page.errors == ["C’est déjà fermé."]
    closing = nadia.get("town_hall.closings").link("Cantine, lundi 30 novembre 2026")
    first, again = closing.click(), closing.click()
    first.submit("Annuler cette fermeture")
    assert "C’est déjà rouvert." in again.submit("Annuler cette fermeture").text


@pytest.mark.usefixtures("booked")
def test_where_nobody_booked_nobody_is_told(app: Flask) -> None:
    nadia = come(app, *NADIA, "secretariat")
    days = {"Premier jour": "7/12/2026"}
    page = asked(nadia, "Cantine", **days).submit("Voir qui est concerné", _refused=200)
    assert "Personne n’a réservé : aucun message ne partira." in page.text
    page = page.submit("Fermer")
    assert "Personne n’avait réservé : aucun message ne part." in page.text
    assert "C’est de nouveau ouvert." in page.submit("Annuler cette fermeture").text
