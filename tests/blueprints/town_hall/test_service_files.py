"""« Fichiers de votre logiciel »: Nadia gives the files of the canteen, reads, then writes."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Booking, Enrolment, Folder, JournalEntry, Message, Quotient
from app.services.files.stores import store
from app.services.importing import service_uploads
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.service_uploads import give_services
from tests.support.services import booked_by

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOOKED = "enfant_id;service_id;date\n"
FILES = {
    "inscription.csv": "enfant_id;service_id;du\ne2;cantine;01/09/2026\ne2;midi;01/09/2026\n",
    "quotient.csv": "famille_id;quotient;du\n520004;612;01/09/2026\n",
    "reservation.csv": f"{BOOKED}e2;cantine;04/12/2026\n",
    "fermeture.csv": "du;au;motif;service_id\n04/12/2026;04/12/2026;grève;cantine\n",
}
WRITE = "Écrire dans le portail"


@pytest.fixture
def office(app: Flask, people: People) -> Browser:
    """Nadia's, in a town whose canteen brings the midday garderie."""
    with app.app_context(), db.transaction() as session:
        booked_by(session, people.zest)
    return come(app, *NADIA, "secretariat")


def counted(app: Flask) -> list[int]:
    """Count what files may write."""
    with app.app_context():
        return [
            db.session().scalars(select(func.count()).select_from(table)).one()
            for table in (Enrolment, Quotient, Booking, Message)
        ]


def kept(app: Flask) -> list[str]:
    """List what was given and lies there still."""
    with app.app_context():
        return [entry.name for entry in store().list(Folder.IMPORTS)]


@time_machine.travel(MONDAY, tick=False)
def test_nadia_reads_before_anything_is_written(app: Flask, office: Browser) -> None:
    """She comes from « Services », and leaves with what was done; the journal has her name."""
    before = counted(app)
    page = office.get("town_hall.offered").link("Fichiers de votre logiciel").click()
    assert "Ce qu’ils ne nomment pas reste." in page.text
    page = give_services(office, FILES)
    assert page.h1 == "Ce que changeraient ces fichiers"
    for words in ("2 inscriptions (dont 2 de plus)", "1 quotient changé", "2 jours réservés"):
        assert words in page.text
    assert "Les familles qui avaient réservé ces jours-là auront un message." in page.text
    assert "612" not in page.text
    assert counted(app) == before
    page = page.submit(WRITE)
    assert page.h1.endswith("fermeture.csv » est importé")
    assert "1 quotient changé" in page.text
    assert "cet import ne s’annule pas" in page.text
    assert [new - old for new, old in zip(counted(app), before, strict=True)] == [2, 1, 2, 1]
    assert kept(app) == []
    with app.app_context():
        journaled = select(JournalEntry.acted_by).where(JournalEntry.event == "services_imported")
        assert db.session().scalars(journaled).all() == [NADIA[1]]


SETTING_UP = {name: FILES[name] for name in ("inscription.csv", "quotient.csv")}


@time_machine.travel(MONDAY, tick=False)
def test_nadia_undoes_what_she_wrote(app: Flask, office: Browser) -> None:
    """The wrong file: from the page of the import, as with families; it stays in the history."""
    before = counted(app)
    page = give_services(office, SETTING_UP).submit(WRITE)
    assert page.h1 == "« inscription.csv, quotient.csv » est importé"
    page = page.link("Annuler cet import").click()
    assert "Si quelqu’un a réservé depuis d’après cet import" in page.text
    assert "courriels" not in page.text
    page = page.submit("Annuler cet import")
    assert page.h1 == "« inscription.csv, quotient.csv » est annulé"
    assert "Annulé par Nadia Petit. Le portail est comme avant l’import." in page.text
    assert counted(app) == before
    assert "Annulé" in page.link("Revenir aux imports").click().text


@time_machine.travel(MONDAY, tick=False)
def test_whoever_booked_since_is_told_to_nadia(app: Flask, people: People, office: Browser) -> None:
    """Before she is asked whether she is sure, and nothing is undone."""
    page = give_services(office, SETTING_UP).submit(WRITE)
    with app.app_context(), db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.book(zoe, [date(2026, 12, 4)], MONDAY.replace(minute=5))
    page = page.link("Annuler cet import").click()
    assert "Des jours ont été réservés depuis cet import" in page.text
    assert "Zoé MOREAU, Cantine, vendredi 4 décembre 2026" in page.text
    assert "Annuler cet import" in page.text


@time_machine.travel(MONDAY, tick=False)
def test_what_is_wrong_is_put_right_in_the_software(app: Flask, office: Browser) -> None:
    """All or nothing, and each kind of fault once, with what to do."""
    before = counted(app)
    wrong = {"reservation.csv": f"{BOOKED}e2;judo;04/12/2026\ne3;judo;04/12/2026\n"}
    page = give_services(office, FILES | wrong)
    assert page.h1 == "2 points à corriger"
    assert "Rien n’a été écrit." in page.text
    assert "aucun service proposé" in page.text.lower()
    assert counted(app) == before
    page = give_services(office, {"Inscription (2).csv": "enfant_id\n1\n"})
    assert "Le portail ne lit rien sous ce nom" in page.text
    assert "Inscription (2).csv" in page.text
    page = give_services(office, {"famille.CSV": "id\n1\n"})
    assert "famille.CSV" in page.text


@time_machine.travel(MONDAY, tick=False)
def test_nothing_else_is_done_than_what_was_read(app: Flask, office: Browser) -> None:
    """Another tab writes the same files first: she reads again."""
    page, other = give_services(office, FILES), give_services(office, FILES)
    other.submit(WRITE)
    before = counted(app)
    page = page.submit(WRITE)
    assert "Entre-temps, ce que ces fichiers changeraient n’est plus le même" in page.text
    assert "2 inscriptions (dont 0 de plus)" in page.text
    assert counted(app) == before
    page.submit(WRITE)
    assert counted(app) == before


def test_what_was_read_may_be_gone(app: Flask, office: Browser) -> None:
    """A day later, or to whoever types an address."""
    page = office.visit("/mairie/services/fichiers/0123456789abcdef")
    assert "ne sont plus gardés" in page.text
    assert page.h1 == "Fichiers des services"


def test_a_whole_year_is_not_read_while_somebody_waits(
    app: Flask, office: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_uploads, "MOST_ROWS", 3)
    page = give_services(office, FILES)
    assert "ont plus de 3 lignes : coupez-les en plusieurs" in page.text
    assert page.h1 == "Fichiers des services"
