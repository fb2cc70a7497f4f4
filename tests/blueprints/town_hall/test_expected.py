"""« Qui vient »: Nadia prints the list of the canteen, and learns what changed since."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.models import (
    Booking,
    BookingState,
    CalendarSpan,
    Child,
    FamilyChild,
    HealthKind,
    HealthMark,
    JournalEntry,
    Service,
    SpanKind,
)
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.morning.day_papers import MADE
from app.services.profile.own_data.gathering import gather
from app.services.retention import purge
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser, Page
from tests.support.clerks import LAUNCHED
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id
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


@pytest.fixture
def known(app: Flask, people: People, booked: None) -> dict[str, str]:
    """Zoé may not eat peanuts; it is known whose she is."""
    with app.app_context(), db.transaction() as session:
        zoe = session.scalars(select(Child).where(Child.source_id == "e2")).one()
        session.add(
            HealthMark(
                child_id=zoe.id, kind=HealthKind.ALLERGY, words="arachide", until=MONDAY,
                written_at=FRIDAY, acted_by="Nadia Petit",
            )
        )  # fmt: skip
        home = select(FamilyChild.family_id).where(FamilyChild.child_id == zoe.id)
        return {"family_id": str(session.scalars(home).one()), "public_id": zoe.public_id}


def health_page(browser: Browser, known: dict[str, str]) -> Page:
    """Open what is known of Zoé."""
    return browser.get(
        "town_hall.child_health", family_id=known["family_id"], public_id=known["public_id"]
    )


def acts(app: Flask) -> list[tuple[str, str, dict[str, str]]]:
    """Read who did what about the health of children."""
    found = select(JournalEntry).where(JournalEntry.event.like("health_%"))
    with app.app_context():
        rows = db.session().scalars(found.order_by(JournalEntry.id))
        return [(each.event, each.acted_by, each.details) for each in rows]


@pytest.mark.both_databases
@pytest.mark.usefixtures("known")
def test_whoever_minds_the_children_reads_what_their_health_asks(app: Flask) -> None:
    """On the list of one service, and nothing else; the journal tells it once a day."""
    with time_machine.travel(MORNING, tick=False):
        lucie = come(app, "lucie@commune.fr", "Lucie Roy", "cantine")
        page = lucie.get("town_hall.day", _lands_on="town_hall.expected")
        assert "arachide" not in page.text
        with statements_of(app) as sent:
            page = page.link("Cantine (2)").click()
        # The first time of the day is written down.
        assert selects(sent) == 7
        assert children(page)[1] == "MOREAU Zoé Et aussi : Midi Allergie : arachide"
        assert "Allergie : arachide (1)" in page.text
        with statements_of(app) as sent:
            lucie.get("town_hall.expected", day=str(MONDAY), service="cantine")
        assert selects(sent) == 6
        rows = lucie.fetch(f"/mairie/jour/{MONDAY}/liste.csv?service=cantine").text.splitlines()
        assert rows[0].endswith(";Remarque;Santé")
        assert rows[2].endswith("MOREAU;Zoé;;Allergie\u00a0: arachide")
        assert [each.text.strip() for each in page.soup.select("nav.menu a")] == [
            "Qui vient",
            "Mon compte",
        ]
    seen = {"day": "2026-11-30", "service": "cantine"}
    assert acts(app) == [("health_seen", "Lucie Roy", seen)] * 2


@pytest.mark.usefixtures("known")
def test_whoever_only_reads_does_not(app: Flask, morning: Browser) -> None:
    page = morning.get("town_hall.expected", day=str(MONDAY), service="cantine")
    assert "MOREAU Zoé" in page.text
    assert "arachide" not in page.text
    assert acts(app) == []


@pytest.mark.usefixtures("known")
def test_the_day_after_its_last_day_nobody_reads_it(app: Flask, people: People) -> None:
    thursday = date(2026, 12, 3)
    with app.app_context(), db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.book(zoe, [thursday], FRIDAY)
    with time_machine.travel(MORNING, tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.expected", day=str(thursday), service="cantine")
        assert "MOREAU Zoé" in page.text
        assert "arachide" not in page.text
    with time_machine.travel(MORNING + timedelta(days=2), tick=False), app.app_context():
        counts = {each.plural: each.count for each in purge(LAUNCHED)}
        assert counts["mentions de santé"] == 1


@pytest.mark.both_databases
def test_nadia_writes_down_what_a_parent_told_her(
    app: Flask, people: People, known: dict[str, str]
) -> None:
    """From the file of the family, until the summer; the parent reads it in « Mes données »."""
    with time_machine.travel(MORNING, tick=False):
        nadia = come(app, *NADIA, "secretariat")
        page = nadia.get("town_hall.family", family_id=known["family_id"])
        page = page.link("Santé et régime de Zoé").click()
        assert "Allergie : arachide" in page.text
        assert page.value("Jusqu’au") == "2027-08-31"
        page = page.fill({"Quoi": "Régime", "En quelques mots": "sans porc"}).submit("Enregistrer")
        assert "Régime : sans porc" in page.text
        page.submit("Retirer Allergie : arachide")
        page = nadia.get("town_hall.expected", day=str(MONDAY), service="cantine")
        assert children(page)[1].endswith("Régime : sans porc")
        for words, until, said in (
            ("", "31/08/2027", "Écrivez en quelques mots"),
            ("lait", "29/11/2026", "Choisissez un dernier jour à venir"),
            ("lait", "30/11/2036", "Choisissez un dernier jour dans moins de trois ans"),
        ):
            page = health_page(nadia, known)
            page = page.fill(words=words, until=until).submit("Enregistrer", _refused=200)
            assert said in page.text
    kinds = [(event, details.get("kind")) for event, _, details in acts(app)]
    assert kinds == [
        ("health_written", "Régime"),
        ("health_removed", "Allergie"),
        ("health_seen", None),
    ]
    with app.app_context():
        gathered = gather(signed_in(people.moreau))
        [told] = gathered.data["regimes_allergies_et_pai"]
    assert (told["enfant"], told["nature"], told["texte"]) == ("Zoé", "Régime", "sans porc")


def test_a_child_or_a_mark_of_somebody_else_is_not_found(
    app: Flask, people: People, known: dict[str, str], nadia: Browser
) -> None:
    page = health_page(nadia, known)
    own = f"/mairie/familles/{known['family_id']}/enfants/{{}}/sante"
    others = public_id("e1")
    assert nadia.fetch(own.format(others)).status_code == 404
    token = {"csrf_token": page.csrf_token}
    for path in (
        own.format(known["public_id"]) + "/999/retirer",
        own.format(others) + "/1/retirer",
    ):
        assert nadia.fetch(path, "POST", token).status_code == 404
    assert "Allergie : arachide" in health_page(nadia, known).text
