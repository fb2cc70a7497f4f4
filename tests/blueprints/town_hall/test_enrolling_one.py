"""« Inscrire à un service », from the file of a family; and from when on anybody books."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Child, Enrolment, Family, Service
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import open_services


@pytest.fixture
def family_id(app: Flask, people: People) -> str:
    """Monsieur MOREAU's, in a town that opened its services."""
    with app.app_context(), db.transaction() as session:
        open_services(session)
        wanted = Family.number == people.moreau.family_number
        return str(session.scalars(select(Family.id).where(wanted)).one())


def test_a_newcomer_is_enrolled_and_books(
    app: Flask, nadia: Browser, people: People, family_id: str
) -> None:
    """From the file of the family, without a file for the server."""
    page = nadia.get("town_hall.family", family_id=family_id).link("Inscrire à un service").click()
    assert "Aucune inscription en cours." in page.text
    page = page.fill({"Enfant": "Zoé", "Service": "Cantine", "À partir du": "01/09/2026"})
    page = page.submit("Inscrire")
    assert "Zoé peut réserver." in page.text
    assert "Zoé, Cantine depuis le 1er septembre 2026" in page.text
    page = page.fill({"Enfant": "Zoé", "Service": "Cantine", "À partir du": "01/10/2026"})
    page = page.submit("Inscrire", _refused=200)
    assert page.errors == ["Zoé y est déjà inscrit pour cette famille."]
    parent = Browser(app)
    parent.sign_in(people.moreau)
    assert "Cantine" in parent.get("family.bookings").text


def test_it_ends_and_its_story_is_in_the_file(app: Flask, nadia: Browser, family_id: str) -> None:
    """What has begun ends; what has not is gone. What is booked stays."""
    page = nadia.get("town_hall.family_enrolments", family_id=family_id)
    for first in ("01/09/2020", "01/09/2099"):
        service = "Cantine" if first.endswith("2020") else "Garderie de midi"
        page = page.fill({"Enfant": "Zoé", "Service": service, "À partir du": first})
        page = page.submit("Inscrire")
    page = page.submit("Arrêter Zoé, Cantine")
    assert "Zoé n’y est plus inscrit." in page.text
    page.submit("Arrêter Zoé, Garderie de midi")
    with app.app_context():
        rows = db.session().scalars(select(Enrolment)).all()
        assert [(each.first, each.last is None) for each in rows] == [(date(2020, 9, 1), False)]
    text = nadia.get("town_hall.family", family_id=family_id).text
    assert "Enfant inscrit à un service par la mairie" in text
    assert "Inscription d’un enfant arrêtée par la mairie" in text


def test_another_family_s_enrolment_is_not_there(
    app: Flask, nadia: Browser, people: People, family_id: str
) -> None:
    with app.app_context(), db.transaction() as session:
        other = session.scalars(
            select(Family.id).where(Family.number == people.zest.family_number)
        ).one()
        child = session.scalars(select(Child).where(Child.source_id == "e1")).one()
        service = session.scalars(select(Service).where(Service.slug == "cantine")).one()
        enrolment = Enrolment(
            child_id=child.id, service_id=service.id, family_id=other, first=date(2026, 9, 1)
        )
        session.add(enrolment)
        session.flush()
        number = str(enrolment.id)
    token = nadia.get("town_hall.family_enrolments", family_id=family_id).csrf_token
    path = nadia.address("town_hall.stop_enrolment", family_id=family_id, number=number)
    sent = {"csrf_token": token}
    assert nadia.client.post(path, data=sent, base_url=nadia.base_url).status_code == 404
    nadia.get("town_hall.family_enrolments", 404, family_id="99999")


def test_nobody_books_before_a_service_opens(app: Flask, nadia: Browser, family_id: str) -> None:
    """A day and an hour of the town; an hour alone, or a day that is none, is refused."""
    assert family_id
    with app.app_context():
        canteen = select(Service.id).where(Service.slug == "cantine")
        number = str(db.session().scalars(canteen).one())
    page = nadia.get("town_hall.service", number=number)
    page = page.fill(opens_on="x").submit("Enregistrer", _refused=200)
    assert page.errors == ["Choisissez une date, comme 07/12/2026."]
    page = page.fill(opens_on="21/08/2026", opens_hour="24:00").submit("Enregistrer", _refused=200)
    assert "24:00 est la fin du jour" in page.errors[0]
    page.fill(opens_on="21/08/2026", opens_hour="7:00").submit("Enregistrer")
    with app.app_context():
        opens = (
            db.session().scalars(select(Service.opens_at).where(Service.id == int(number))).one()
        )
        assert opens == datetime(2026, 8, 21, 5, tzinfo=UTC)
    page = nadia.get("town_hall.service", number=number)
    assert (page.value("opens_on"), page.value("opens_hour")) == ("2026-08-21", "07:00")
    page.fill(opens_on="").submit("Enregistrer")
    with app.app_context():
        opened = select(Service.opens_at).where(Service.id == int(number))
        assert db.session().scalars(opened).one() is None
