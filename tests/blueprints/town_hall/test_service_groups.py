"""« Groupes » of a service: Nadia parts the canteen, and reads the morning’s list by group."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, Child, Family, Service
from app.services.bookings.groups import group_work, moving
from app.services.jobs.running import workshop
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import booked_by

MORNING = datetime(2026, 11, 30, 7, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
LAC = "École du Lac"


@pytest.fixture
def nadia(app: Flask, people: People) -> Iterator[Browser]:
    """Two children of two schools eat at the canteen today."""
    with time_machine.travel(MORNING, tick=False):
        with app.app_context(), db.transaction() as session:
            for person in (people.zest, people.moreau):
                bookings, child = booked_by(session, person)
                bookings.enrol(child, date(2026, 9, 1))
                bookings.book(child, [MONDAY], MORNING)
            session.execute(update(Child).where(Child.source_id == "e1").values(school=LAC))
        yield come(app, *NADIA, "secretariat")


def number(app: Flask) -> str:
    with app.app_context():
        canteen = select(Service.id).where(Service.slug == "cantine")
        return str(db.session().scalars(canteen).one())


def groups(app: Flask) -> list[int]:
    """Read in how many groups what is booked counts."""
    with app.app_context():
        rows = select(Booking.group_id).join(Service).where(Service.slug == "cantine")
        return sorted(db.session().scalars(rows))


def test_nadia_parts_the_canteen(app: Flask, nadia: Browser, people: People) -> None:
    """What is booked follows at once; the list and its file say so."""
    page = nadia.get("town_hall.service", number=number(app)).link("Groupes").click()
    assert page.submit("Ajouter", _refused=200).errors == ["Donnez un nom au groupe."]
    page = page.fill({"Nom du groupe": "Petits", "Nombre de places": "beaucoup"})
    page = page.submit("Ajouter", _refused=200)
    assert "Dites combien de places a le groupe, en chiffres." in page.text
    page = page.fill({"Nombre de places": "40", LAC: True}).submit("Ajouter")
    assert "1 réservation à venir compte maintenant dans un autre groupe." in page.text
    assert f"{LAC} : toutes les classes" in page.text
    assert [bool(each) for each in groups(app)] == [False, True]
    assert "Petits : 40" in nadia.get("town_hall.offered").text
    page = nadia.visit(f"/mairie/jour/{MONDAY}?service=cantine")
    part = page.link("Petits (1)").click()
    assert people.zest.last_name in part.text
    assert people.moreau.last_name not in part.text
    assert people.moreau.last_name in page.link("Sans groupe (1)").click().text
    whole = nadia.visit(f"/mairie/jour/{MONDAY}?service=cantine&groupe=Rien")
    assert people.moreau.last_name in whole.text
    lines = nadia.fetch(f"/mairie/jour/{MONDAY}/liste.csv?service=cantine").text.splitlines()
    assert lines[0].endswith("Remarque;Groupe")
    assert [line.endswith(";Petits") for line in lines[1:]].count(True) == 1


def test_nadia_reads_that_some_days_still_move(
    app: Flask, nadia: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many parts her page goes on, and says so until the background has ended."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    monkeypatch.setattr(group_work, "WHILE_ONE_WAITS", 1)
    # Whoever does jobs comes later.
    monkeypatch.setattr("app.services.jobs.queue.hurry", lambda *_: None)
    page = nadia.get("town_hall.service_groups", number=number(app))
    page = page.fill({"Nom du groupe": "Petits", "Nombre de places": "40"}).submit("Ajouter")
    assert "Ce qui est réservé rejoint son groupe : cette page dit quand c’est fini." in page.text
    assert "Des réservations à venir rejoignent encore leur groupe" in page.text
    assert [bool(each) for each in groups(app)] == [False, True]
    with app.app_context(), time_machine.travel(MORNING + timedelta(minutes=2)):
        workshop().run()
    assert "rejoignent encore" not in nadia.visit(page.path).text
    assert [bool(each) for each in groups(app)] == [True, True]


def test_a_group_is_emptied_then_removed(app: Flask, nadia: Browser) -> None:
    page = nadia.get("town_hall.service_groups", number=number(app))
    page = page.fill({"Nom du groupe": "Petits", "Nombre de places": "40", LAC: True})
    page = page.submit("Ajouter").link("Petits").click()
    assert "1 réservation à venir compte dans ce groupe." in page.text
    refused = page.submit("Retirer ce groupe")
    assert "changez d’abord ses écoles ou ses classes, elles iront ailleurs." in refused.text
    page = page.fill({"Classes, séparées par des virgules (vide : toutes)": "Nulle"})
    page = page.submit("Enregistrer").link("Petits").click()
    assert "Aucune réservation à venir ne compte dans ce groupe." in page.text
    assert "Groupe retiré." in page.submit("Retirer ce groupe").text
    assert groups(app) == [0, 0]


def test_the_town_says_the_group_of_one_child(app: Flask, nadia: Browser, people: People) -> None:
    """Whatever its school: its days follow; then it is left to the school again."""
    page = nadia.get("town_hall.service_groups", number=number(app))
    page.fill({"Nom du groupe": "Petits", "Nombre de places": "1", LAC: True}).submit("Ajouter")
    with app.app_context():
        theirs = select(Family.id).where(Family.number == people.moreau.family_number)
        family_id = str(db.session().scalars(theirs).one())
    page = nadia.get("town_hall.family_enrolments", family_id=family_id)
    link = page.soup.select_one('a[href$="/groupe"]')
    assert link is not None
    page = nadia.visit(str(link["href"])).fill({"Groupe": "Petits"}).submit("Enregistrer")
    assert "1 réservation à venir compte maintenant dans un autre groupe." in page.text
    assert ", groupe Petits" in page.text
    # Nobody is turned out: there is one place more that day.
    assert 0 not in groups(app)
    page = nadia.visit(str(link["href"])).fill({"Groupe": "D’après son école et sa classe"})
    page.submit("Enregistrer")
    assert groups(app)[0] == 0
    assert nadia.fetch(str(link["href"]).replace(f"/{family_id}/", "/999999/")).status_code == 404


@pytest.mark.both_databases
def test_a_class_that_nobody_is_in_is_said_at_once(app: Flask, nadia: Browser) -> None:
    """« MS » where the files say « MS Mme Gaël »: those children would have places of their own."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Child).where(Child.source_id == "e1").values(class_name="MS Gaël"))
        session.execute(
            update(Child).where(Child.source_id != "e1").values(class_name="", school="")
        )
        session.execute(update(Service).values(capacity=60))
    page = nadia.get("town_hall.service_groups", number=number(app))
    assert "Comme dans les dossiers des enfants : MS Gaël." in page.text
    page = page.fill({"Nom du groupe": "Petits", "Nombre de places": "40"})
    page = page.fill({"Classes, séparées par des virgules (vide : toutes)": "MS"}).submit("Ajouter")
    assert "Aucun inscrit n’est en MS" in page.text
    assert "2 enfants inscrits ne sont dans aucun de ces groupes" in page.text
    assert "Les 60 places du service sont à part, pour qui n’a pas de groupe" in page.text
    assert "École du Lac, MS Gaël : 1 enfant" in page.text
    page = page.link("Petits").click()
    page = page.fill({"Classes, séparées par des virgules (vide : toutes)": "ms gael"})
    page = page.submit("Enregistrer")
    assert "Aucun inscrit n’est en" not in page.text
    assert "1 enfant inscrit n’est dans aucun de ces groupes" in page.text
    assert "Sans école, sans classe : 1 enfant" in page.text
