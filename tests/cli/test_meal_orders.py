"""`flask reservations commander`: as « Commander » of the town hall's page does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingState, Child, HealthKind, HealthMark, JournalEntry, MealOrder
from app.testing import Outbox
from tests.support.people import People
from tests.support.services import booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MONDAY, THURSDAY = date(2026, 11, 30), date(2026, 12, 3)
COOK = ("--adresse", "cuisine@traiteur.fr")


@pytest.fixture
def friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def booked(app: Flask, people: People, friday: None) -> None:
    """Two children eat at the canteen on Monday and on Thursday; one eats no pork."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau):
            bookings, child = booked_by(session, person)
            bookings.book(child, [MONDAY, THURSDAY], FRIDAY)
        child_id = session.scalars(select(Child.id).where(Child.source_id == "e1")).one()
        session.add(
            HealthMark(
                child_id=child_id, kind=HealthKind.DIET, words="sans porc", until=MONDAY,
                written_at=FRIDAY, acted_by="Nadia Petit",
            )
        )  # fmt: skip


def run(app: Flask, *arguments: str, typed: str = "", refused: bool = False) -> str:
    """Run it; return what it says."""
    result = app.test_cli_runner().invoke(
        args=["reservations", "commander", *arguments], input=typed
    )
    assert bool(result.exit_code) is refused, result.output
    return result.output.replace("\u00a0", " ")


def orders(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        found = select(MealOrder.day, MealOrder.total, MealOrder.address).order_by(MealOrder.id)
        return [tuple(row) for row in db.session().execute(found)]


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_a_day_is_ordered(app: Flask) -> None:
    """Who ordered is named to the cook and in the journal; no diet is read at the terminal."""
    said = run(app, "30/11/2026", *COOK, typed="y\n")
    assert said.splitlines()[0] == "Cantine, lundi 30 novembre : 2 repas (École du Bourg 2)."
    assert "Commander à cuisine@traiteur.fr ?" in said
    assert said.endswith("Commandé : un courriel part à cuisine@traiteur.fr.\n")
    assert "porc" not in said
    assert orders(app) == [(MONDAY, 2, "cuisine@traiteur.fr")]
    mail = Outbox(app).latest
    assert mail.recipient == "cuisine@traiteur.fr"
    words = mail.text.replace("\u00a0", " ")
    assert "Cantine, lundi 30 novembre 2026 : 2 repas" in words
    assert "Régime : sans porc : 1" in words
    with app.app_context():
        entry = select(JournalEntry).where(JournalEntry.event == "meals_ordered")
        noted = db.session().scalars(entry).one()
        assert noted.acted_by
        assert noted.acted_by in words
        assert noted.details == {"day": "2026-11-30", "service": "cantine", "count": "2"}


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_what_changed_since_is_read_before_it_is_ordered_anew(app: Flask) -> None:
    """The address comes back by itself; the diet that changed too is told to the cook alone."""
    run(app, "30/11/2026", *COOK, "--yes")
    with app.app_context(), db.transaction() as session:
        gone = select(Child.id).where(Child.source_id == "e1").scalar_subquery()
        session.execute(
            update(Booking)
            .where(Booking.child_id == gone, Booking.day == MONDAY)
            .values(state=BookingState.CANCELLED)
        )
    said = run(app, "30/11/2026", typed="n\n", refused=True)
    assert "Déjà commandé ce matin à 10 h 00 par " in said
    assert ", à cuisine@traiteur.fr : 2. Depuis : École du Bourg : -1." in said
    assert "Rien n’est commandé : vous y renoncez." in said
    assert len(orders(app)) == 1
    assert "Commandé" in run(app, "30/11/2026", "--yes")
    assert orders(app)[1] == (MONDAY, 1, "cuisine@traiteur.fr")
    assert "Rien n’a changé depuis." in run(app, "30/11/2026", typed="n\n", refused=True)


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_the_rest_of_a_week_is_one_mail(app: Flask) -> None:
    said = run(app, "1/12/2026", "--semaine", *COOK, "--yes")
    # Tuesday is a strike.
    assert said.splitlines()[:2] == [
        "Cantine, jeudi 3 décembre : 2 repas (École du Bourg 2).",
        "Cantine, vendredi 4 décembre : 0 repas.",
    ]
    assert [day for day, *_ in orders(app)] == [THURSDAY, date(2026, 12, 4)]
    assert "semaine du 30\u00a0novembre 2026" in Outbox(app).latest.text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("30/11/2026",), "écrivez une seule adresse, comme cuisine@traiteur.fr"),
        (("30/11/2026", "--adresse", "cuisine"), "écrivez une seule adresse"),
        (("1/12/2026", *COOK), "choisissez un jour à venir où le service est ouvert"),
        (("26/11/2026", *COOK), "choisissez un jour à venir"),
        (("5/12/2026", "--semaine", *COOK), "choisissez un jour à venir"),
        (("30/11/2026", "--service", "piscine", *COOK), "ce service n’est plus proposé"),
    ],
)
@pytest.mark.usefixtures("booked")
def test_it_is_refused_as_on_the_page(app: Flask, arguments: tuple[str, ...], why: str) -> None:
    """Before anything is asked."""
    said = run(app, *arguments, refused=True)
    assert said.startswith("Rien n’est commandé : ")
    assert why in said
    assert "?" not in said
    assert orders(app) == []


@pytest.mark.usefixtures("friday")
def test_a_town_without_services_orders_nothing(app: Flask, people: People) -> None:
    assert "aucun service ne se réserve encore" in run(app, "30/11/2026", *COOK, refused=True)
