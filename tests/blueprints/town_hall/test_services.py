"""« Services »: Nadia sets the canteen up, and sees on real days what she said."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.booking_kinds import Late, ServiceMode, Waiting
from app.formats import today
from app.models import Enrolment, RequestState, Service
from app.services.bookings.setting_up import reading
from app.services.bookings.setting_up.services import Described
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import ask, booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
def offered(app: Flask, people: People) -> None:
    """The town has a canteen, which brings the midday."""
    with app.app_context(), db.transaction() as session:
        booked_by(session, people.zest)


def rules(app: Flask) -> list[str]:
    """Read until when each service is booked."""
    with app.app_context():
        return [each.described.book_rule for each in reading.listed(today())]


@time_machine.travel(FRIDAY, tick=False)
def test_nadia_adds_the_canteen(app: Flask, people: People) -> None:
    """She tries it on the days to come, then saves; it is hers to change."""
    page = come(app, *NADIA, "secretariat").get("town_hall.day").link("Services").click()
    assert "Aucun service" in page.text
    page = page.link("Ajouter un service").click()
    page = page.fill({
        "Nom du service": "Cantine",
        "Qui le tient, si ce n’est pas la commune (facultatif)": "Les Petites Fourchettes",
        "De (facultatif)": "11h30",
        "À (facultatif)": "13h30",
        "Nombre de places (vide : tous ceux qui viennent)": "60",
    })  # fmt: skip
    page = page.fill(book_when="La semaine d’avant, le…", book_weekday="mardi", book_hour="12 h")
    page = page.submit("Essayer avant d’enregistrer", _refused=200)
    assert "Rien n’est encore enregistré." in page.text
    assert "lundi 7 décembre 2026" in page.text
    assert "Jusqu’au mardi 1er décembre à 12 h" in page.text
    assert "jamais d’après la situation de sa famille" in page.text
    assert rules(app) == []
    page = page.submit("Enregistrer")
    assert rules(app) == ["S-1 mardi 12:00"]
    assert "Lundi, mardi, jeudi, vendredi, de 11 h 30 à 13 h 30" in page.text
    assert "Les Petites Fourchettes" in page.text
    page = page.link("Cantine").click()
    assert (page.value("De (facultatif)"), page.value("Nom du service")) == ("11:30", "Cantine")
    page.fill(book_when="Autre, écrite ci-dessous", book_written="lun:ven-1 9h jeu:mar 9h").submit(
        "Enregistrer"
    )
    assert rules(app) == ["lun:ven-1 09:00 jeu:mar 09:00"]


@pytest.mark.usefixtures("offered")
def test_what_is_wrong_is_said_and_nothing_is_lost(app: Flask, nadia: Browser) -> None:
    page = nadia.get("town_hall.offered").link("Garderie de midi").click()
    for typed, said in (
        ({"starts_at": "onze heures"}, "Écrivez une heure"),
        ({"starts_at": "13:00", "ends_at": "12:00"}, "vérifiez les heures"),
        ({"ends_at": "14:00", "capacity": "beaucoup"}, "en chiffres"),
        ({"capacity": "", "book_when": "Autre, écrite ci-dessous"}, "Réserver : Écrivez la limite"),
        ({"book_written": "bientôt"}, "n’est pas une limite"),
        ({"book_when": "La veille", "book_written": "J-2 12:00"}, "Videz la ligne"),
        ({"book_written": "", "name": ""}, "Donnez un nom"),
    ):
        page = page.fill(typed).submit("Enregistrer", _refused=200)
        assert any(said in each for each in page.errors), page.errors
    assert page.value("De (facultatif)") == "13:00"
    assert rules(app) == ["S-1 jeudi 24:00", "S-1 jeudi 24:00"]


@pytest.mark.usefixtures("offered")
def test_two_that_bring_each_other_are_refused(nadia: Browser) -> None:
    page = nadia.get("town_hall.offered")
    assert "Entraîne : Garderie de midi" in page.text
    page = page.link("Garderie de midi").click()
    page = page.fill({"Cantine": "Entraîne : qui réserve l’un a l’autre"}).submit(
        "Enregistrer", _refused=200
    )
    assert page.errors == ["Un service ne peut pas s’entraîner lui-même."]
    page = page.fill({"Cantine": "Rien"}).submit("Enregistrer")
    assert "Ce qui est déjà réservé ne change pas." in page.text


def test_a_service_stops_once_nobody_comes(app: Flask, people: People, nadia: Browser) -> None:
    with app.app_context(), db.transaction() as session:
        booked, child = booked_by(session, people.zest)
        booked.book(child, [today()], datetime.now(UTC))
    page = nadia.get("town_hall.offered").link("Cantine").click()
    page = page.submit("Ne plus proposer ce service")
    assert "1 réservation est à venir" in page.text
    with time_machine.travel(datetime.now(UTC).replace(year=2030), tick=False):
        page = come(app, "paul@commune.fr", "Paul", "secretariat").get("town_hall.offered")
        page = page.link("Cantine").click().submit("Ne plus proposer ce service")
    assert "Ce service n’est plus proposé." in page.text
    assert len(rules(app)) == 1


def test_the_regie_does_not_set_them_up(app: Flask, people: People) -> None:
    """Nor does who only reads; the Administration does."""
    regie = come(app, "regis@commune.fr", "Régis", "regie")
    assert "Services" not in regie.get("town_hall.day").text
    assert "de régler les services" in regie.get("town_hall.offered", _status=403).text


@pytest.mark.usefixtures("offered")
def test_a_school_is_enrolled_at_once(app: Flask, nadia: Browser) -> None:
    """Each child in each of its homes; once more changes nothing."""
    page = nadia.get("town_hall.offered").link("Cantine").click().link("Inscrits").click()
    assert "École du Bourg" in page.text
    page = page.fill({"À partir du": "demain"}).submit("Inscrire", _refused=200)
    assert page.errors == ["Choisissez une date, comme 07/12/2026."]
    page = page.fill({"À partir du": "01/09/2026"}).submit("Inscrire")
    assert "5 enfants inscrits. Les familles peuvent réserver." in page.text
    assert "Tous les enfants y sont inscrits." in page.text
    with app.app_context():
        # Jules has two homes.
        assert len(db.session().scalars(select(Enrolment.id)).all()) == 6


def test_those_who_were_accepted_are_enrolled(app: Flask, people: People, nadia: Browser) -> None:
    with app.app_context(), db.transaction() as session:
        ask(session, people, RequestState.ACCEPTED)
    page = nadia.get("town_hall.offered").link("Cantine").click().link("Inscrits").click()
    assert "1 demande acceptée cette année" in page.text
    page = page.submit("Inscrire ceux dont la demande est acceptée")
    assert "1 enfant inscrit. Les familles peuvent réserver." in page.text
    assert "demande acceptée" not in page.text


@pytest.mark.both_databases
@pytest.mark.usefixtures("offered")
def test_services_are_listed_in_the_order_that_the_town_says(
    nadia: Browser,
) -> None:
    """Everywhere, at once; a service that is added later comes last."""
    page = nadia.get("town_hall.offered")
    named = [each.get_text(strip=True) for each in page.soup.select("tbody th a")]
    assert named == ["Cantine", "Garderie de midi"]
    # Whoever is first goes no further up.
    assert [each.get_text(" ", strip=True) for each in page.soup.select("#ordre ~ ol button")] == [
        "Descendre Cantine", "Monter Garderie de midi",
    ]  # fmt: skip
    page = page.submit("Monter Garderie de midi")
    assert "L’ordre des services est changé partout : Garderie de midi." in page.text
    assert page.soup.select("tbody th a")[0].get_text(strip=True) == "Garderie de midi"
    heads = nadia.get("town_hall.head_counts")
    chosen = [
        each.get_text(strip=True) for each in heads.soup.select('nav[aria-label="Service"] li')
    ]
    assert chosen == ["Garderie de midi", "Cantine"]
    page = page.submit("Descendre Garderie de midi")
    assert page.soup.select("tbody th a")[0].get_text(strip=True) == "Cantine"
    path = nadia.address("town_hall.order_services")
    for number in ("9999999", "x"):
        sent = {"csrf_token": page.csrf_token, "number": number, "act": "up"}
        assert nadia.client.post(path, data=sent, base_url=nadia.base_url).status_code == 404


@pytest.mark.usefixtures("offered")
def test_a_service_that_nobody_books_tells_no_limit(nadia: Browser) -> None:
    page = nadia.get("town_hall.offered").link("Garderie de midi").click()
    page = page.fill({"Comment on y vient": "On vient sans réserver"}).submit("Enregistrer")
    assert page.text.count("Le jeudi de la semaine d’avant") == 1
    assert "On vient sans réserver" in page.text


@pytest.mark.usefixtures("offered")
def test_a_service_that_is_saved_as_it_stands_does_not_change(app: Flask, nadia: Browser) -> None:
    """Whatever the town said of it, on screen or in its files."""
    said = {
        "short_name": "Midi", "operator": "Les Petites Fourchettes", "weekdays": 0b10011,
        "in_terms": False, "in_holidays": True, "mode": ServiceMode.REQUEST, "capacity": 12,
        "waiting": Waiting.OFFER, "book_rule": "J-2 12:00", "cancel_rule": "J-1 12:00",
        "absence_rule": "J-0 08:00", "shift": True, "due_absences": 2, "proof_hours": 48,
        "late": Late.SURCHARGE, "opens_at": datetime(2026, 8, 21, 5, tzinfo=UTC),
        "starts_at": 690, "ends_at": 810,
    }  # fmt: skip
    kept = select(*Service.__table__.columns).where(Service.slug == "garderie-de-midi")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == "garderie-de-midi").values(said))
    with app.app_context():
        before = db.session().execute(kept).one()
    nadia.get("town_hall.offered").link("Garderie de midi").click().submit("Enregistrer")
    with app.app_context():
        assert db.session().execute(kept).one() == before
    assert {each.name for each in fields(Described)} - said.keys() == {"name", "kind"}
