"""« Effectifs »: how many meals to cook each day of a week, and of which sort."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingState, Child, HealthKind, HealthMark
from app.testing import Outbox
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Page
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MONDAY, THURSDAY = date(2026, 11, 30), date(2026, 12, 3)


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """Four children of two schools eat at the canteen; one is ill on Monday, two eat no pork."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau, people.ines, people.claire):
            bookings, child = booked_by(session, person)
            bookings.book(child, [MONDAY, THURSDAY], FRIDAY)
        jules = select(Child.id).where(Child.source_id == "e5").scalar_subquery()
        session.execute(
            update(Booking)
            .where(Booking.child_id == jules, Booking.day == MONDAY)
            .values(state=BookingState.ABSENT)
        )
        session.execute(
            update(Child).where(Child.source_id == "e3").values(school="École Louise-Michel")
        )
        for source_id, words in (("e1", "sans porc"), ("e2", "SANS porc"), ("e5", "lait")):
            child_id = select(Child.id).where(Child.source_id == source_id)
            session.add(
                HealthMark(
                    child_id=session.scalars(child_id).one(), kind=HealthKind.DIET, words=words,
                    until=MONDAY, written_at=FRIDAY, acted_by="Nadia Petit",
                )
            )  # fmt: skip


def rows(page: Page) -> list[list[str]]:
    """Read the table."""
    return [
        [" ".join(cell.text.split()) for cell in row.select("th, td")]
        for row in page.soup.select("table tr")
    ]


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_how_many_meals_to_cook(app: Flask) -> None:
    """By school; diets however they are spelt, until their last day; who is ill, apart."""
    with time_machine.travel(FRIDAY, tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.expected").link("Effectifs de la semaine").click()
        with statements_of(app) as sent:
            page = page.link("Suivante : 2026-W49").click()
        assert selects(sent) <= 6
        # The canteen is closed on Tuesday, for a strike.
        days = ["lundi 30 novembre", "jeudi 3 décembre", "vendredi 4 décembre"]
        assert rows(page) == [
            ["École", *days, "Total"],
            ["École Louise-Michel", "1", "1", "0", "2"],
            ["École du Bourg", "2", "3", "0", "5"],
            ["Total", "3", "4", "0", "7"],
            ["Absences déclarées", "1", "0", "0", "1"],
            ["Régime : SANS porc", "2", "0", "0", "2"],
        ]
        lines = nadia.fetch(page.link("CSV").href).text.splitlines()
        assert lines[0].startswith("\ufeffCantine;lundi 30\u00a0novembre;")
        assert lines[-1] == "Régime\u00a0: SANS porc;2;0;0;2"
        page = page.link("Garderie de midi").click()
        assert "mardi 1er décembre" in rows(page)[0]


@pytest.mark.usefixtures("booked")
def test_the_week_is_that_of_the_day_that_is_looked_at(app: Flask) -> None:
    """On a Saturday, Monday is: a week that is over cooks nothing."""
    with time_machine.travel(FRIDAY + timedelta(days=1), tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.expected").link("Effectifs de la semaine").click()
        assert "semaine du 30 novembre 2026" in page.text


@pytest.mark.usefixtures("booked")
def test_whoever_only_reads_is_told_no_diet(app: Flask) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        reading = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
        page = reading.get("town_hall.head_counts", semaine="2026-W49")
        assert rows(page)[-1][0] == "Absences déclarées"
        for asked in ("semaine=2026-W60", "semaine=1926-W10", "service=piscine"):
            assert reading.fetch(f"/mairie/effectifs?{asked}").status_code == 404


def test_a_town_without_services_has_none_to_count(app: Flask, people: People) -> None:
    nadia = come(app, *NADIA, "secretariat")
    assert "Aucun service." in nadia.get("town_hall.head_counts").text
    assert nadia.fetch("/mairie/effectifs.csv").status_code == 404


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_what_is_ordered_is_frozen(app: Flask, people: People) -> None:
    """The cook reads figures and no name; what changes since is told beside them."""
    with time_machine.travel(FRIDAY, tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.head_counts", semaine="2026-W49")
        page = page.fill(address="cuisine").submit("Commander")
        assert "Écrivez une seule adresse" in page.text
        page = page.fill(address="cuisine@traiteur.fr").submit("Commander")
        assert "Commandé : un courriel part à cuisine@traiteur.fr." in page.text
        assert "Lundi 30 novembre : 3" in page.text
        assert "Rien n’a changé depuis." in page.text
        assert page.value("Adresse de qui cuisine") == "cuisine@traiteur.fr"
        mail = Outbox(app).latest
        assert mail.recipient == "cuisine@traiteur.fr"
        words = mail.text.replace("\u00a0", " ")
        assert "Cantine, lundi 30 novembre 2026 : 3 repas" in words
        assert "ZEST" not in mail.text
        for line in ("École du Bourg : 2", "École Louise-Michel : 1", "Régime : SANS porc : 2"):
            assert line in words
        with app.app_context(), db.transaction() as session:
            gone = select(Child.id).where(Child.source_id == "e1").scalar_subquery()
            session.execute(
                update(Booking)
                .where(Booking.child_id == gone, Booking.day == MONDAY)
                .values(state=BookingState.CANCELLED)
            )
        page = nadia.get("town_hall.head_counts", semaine="2026-W49")
        assert "École du Bourg : -1" in page.text
        reading = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
        page = reading.get("town_hall.head_counts", semaine="2026-W49")
        assert "École du Bourg : -1" in page.text
        assert "porc" not in page.text
        assert not page.soup.select("#address")
    with time_machine.travel(FRIDAY + timedelta(days=14), tick=False):
        nadia = come(app, "paul@commune.fr", "Paul", "secretariat")
        page = nadia.get("town_hall.head_counts", semaine="2026-W49")
        assert "Lundi 30 novembre : 3" in page.text
        assert not page.soup.select("#address")


@pytest.mark.usefixtures("booked")
def test_a_week_is_ordered_at_once(app: Flask) -> None:
    """A caterer wants Thursday’s word on the week after: one mail, a day below the other."""
    with time_machine.travel(FRIDAY, tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.head_counts", semaine="2026-W49")
        whole = "tous, du lundi 30 novembre au vendredi 4 décembre"
        page = page.fill({"Jour": whole}, address="cuisine@traiteur.fr").submit("Commander")
        assert "Lundi 30 novembre : 3" in page.text
        assert "Jeudi 3 décembre : 4" in page.text
        mail = Outbox(app).latest
    assert mail.subject.replace("\u00a0", " ") == (
        "Commande : Cantine, semaine du 30 novembre 2026, 7 repas"
    )
    words = mail.text.replace("\u00a0", " ")
    assert "Jeudi 3 décembre, 4 repas\nÉcole Louise-Michel : 1\nÉcole du Bourg : 3" in words
    assert "Vendredi 4 décembre, 0 repas" in words
