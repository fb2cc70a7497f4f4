"""« Qui vient »: Nadia prints the list of the canteen, and learns what changed since."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.models import Booking, BookingState, CalendarSpan, Child, JournalEntry, Service, SpanKind
from app.services.bookings import closing
from app.services.bookings.closing_extent import Extent
from app.services.bookings.day_papers import MADE
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser, Page
from tests.support.clerks import LAUNCHED
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
# In France it is 8 h 02 by then.
MORNING = datetime(2026, 11, 30, 7, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 30)


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """Three children eat at the canteen on Monday; one of them is ill."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau, people.ines):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [MONDAY], FRIDAY)
        theirs = select(Child.id).where(Child.source_id == "e3")
        for each in session.scalars(select(Booking).where(Booking.child_id.in_(theirs))):
            each.state = BookingState.ABSENT


@pytest.fixture
def morning(app: Flask, people: People, booked: None) -> Iterator[Browser]:
    """Nadia comes to the town hall on Monday at 8."""
    with time_machine.travel(MORNING, tick=False):
        yield come(app, *NADIA, "lecture")


def children(page: Page) -> list[str]:
    """Read the children of the list, each with what is said of it."""
    return [" ".join(each.text.split()) for each in page.soup.select(".expected li")]


@pytest.mark.both_databases
def test_who_comes_today(app: Flask, morning: Browser) -> None:
    """All services of the day, then one; whoever is ill stands there, and is not counted."""
    with statements_of(app) as sent:
        page = morning.get("town_hall.expected")
    assert selects(sent) <= 6
    assert "lundi 30 novembre 2026" in page.text
    assert "École du Bourg : 2 enfants" in page.text
    assert children(page) == [
        "GARNIER Adam Cantine, Midi Absence déclarée",
        "MOREAU Zoé Cantine, Midi",
        "ZEST PAYS Cantine, Midi",
    ]
    page = page.link("Cantine (2)").click()
    assert "Cantine, lundi 30 novembre 2026" in page.text
    assert children(page)[1:] == [f"{name} Et aussi : Midi" for name in ("MOREAU Zoé", "ZEST PAYS")]


@pytest.mark.usefixtures("booked")
def test_the_day_before_and_the_day_after_are_days_of_service(morning: Browser) -> None:
    """No Wednesday, no week-end, no holidays; the menu leads to the next day there is."""
    page = morning.get("town_hall.day").link("Qui vient").click()
    page = page.link("Précédent : vendredi 27 novembre 2026").click()
    assert "Personne n’est attendu." in page.text
    page = page.link("Aujourd’hui : lundi 30 novembre 2026").click()
    page = page.link("Suivant : mardi 1er décembre 2026").click()
    assert "Cantine : Fermé : Grève." in page.text
    page = page.link("Suivant : jeudi 3 décembre 2026").click()
    page.link("Précédent : mardi 1er décembre 2026").click()
    page = morning.get("town_hall.expected", day="2026-12-18")
    page.link("Suivant : lundi 4 janvier 2027").click()
    assert "Vacances de Noël." in morning.get("town_hall.expected", day="2026-12-21").text


@pytest.mark.usefixtures("booked")
def test_on_a_sunday_the_list_is_of_monday(app: Flask) -> None:
    with time_machine.travel(datetime(2026, 11, 29, 10, tzinfo=UTC), tick=False):
        page = come(app, *NADIA, "lecture").get("town_hall.expected")
    assert "lundi 30 novembre 2026" in page.text
    assert "Garderie de midi" in page.text


@pytest.mark.both_databases
def test_what_changed_since_the_paper(app: Flask, people: People, morning: Browser) -> None:
    """A child comes, another does not, a third is told twice: each is told once, as it is now."""
    path = f"/mairie/jour/{MONDAY}/liste.csv?service=cantine"
    rows = morning.fetch(path).get_data(as_text=True).splitlines()
    assert rows[0] == "\ufeffService;École;Classe;Nom;Prénom;Remarque"
    assert rows[1] == "Cantine;École du Bourg;CP;GARNIER;Adam;Absence déclarée"
    assert len(rows) == 4
    page = morning.get("town_hall.expected", day=str(MONDAY), service="cantine")
    assert "Liste faite à 8 h 02 par Nadia Petit, sans changement depuis." in page.text
    with time_machine.travel(MORNING.replace(minute=20), tick=False):
        with app.app_context():
            closing.close(Extent((MONDAY,), ("garderie-de-midi",)), "neige", LAUNCHED)
            closing.reopen(Extent((MONDAY,), ("garderie-de-midi",)), LAUNCHED)
        with app.app_context(), db.transaction() as session:
            bookings, jules = booked_by(session, people.claire)
            bookings.book(jules, [MONDAY], MORNING.replace(minute=20))
        page = morning.get("town_hall.expected", day=str(MONDAY), service="cantine")
        assert "Depuis 8 h 02 : 1 changement" in page.text
        assert re.search(r"DUBOIS-LEFÈVRE Jules, CP\s+Ajouté, ce matin à 8", page.text)
        with app.app_context():
            closing.close(Extent((MONDAY,)), "neige", LAUNCHED)
        page = morning.get("town_hall.expected", day=str(MONDAY), service="cantine")
    assert "Jules" not in page.text
    assert page.text.count("Retiré : fermé par la mairie") == 0


@pytest.mark.usefixtures("booked")
def test_a_list_on_paper_is_noted(app: Flask, morning: Browser) -> None:
    """Its words are those of the page; who made it when is in the journal."""
    answer = morning.fetch(f"/mairie/jour/{MONDAY}/liste.pdf?service=cantine")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    with app.app_context():
        [noted] = db.session().scalars(select(JournalEntry).where(JournalEntry.event == MADE))
    assert noted.details == {"day": "2026-11-30", "service": "cantine"}
    assert noted.acted_by == "Nadia Petit"
    page = morning.get("town_hall.expected", day=str(MONDAY))
    assert "Liste faite" not in page.text


def test_a_day_or_a_service_that_is_none_is_not_found(morning: Browser) -> None:
    for path in ("demain", "2026-13-01", "1926-11-30", "2126-11-30", f"{MONDAY}?service=piscine"):
        assert morning.fetch(f"/mairie/jour/{path}").status_code == 404
    for file in ("liste.csv", "liste.pdf"):
        for path in (f"demain/{file}", f"{MONDAY}/{file}?service=piscine"):
            assert morning.fetch(f"/mairie/jour/{path}").status_code == 404


def test_a_town_without_services_is_told_what_comes(app: Flask, people: People) -> None:
    with app.app_context(), db.transaction() as session:
        assert session.scalars(select(Service)).first() is None
        session.execute(delete(CalendarSpan).where(CalendarSpan.kind == SpanKind.PUBLIC))
    page = come(app, *NADIA, "secretariat").get("town_hall.expected")
    assert page.link("Services").click().h1 == "Services"
