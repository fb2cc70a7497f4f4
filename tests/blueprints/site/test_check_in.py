"""« Pointage »: whoever minds the children presses their names on a tablet, without an account."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Attendance, AttendanceState, Child, JournalEntry, Service, ServiceKind
from app.services.actors import PORTAL
from app.services.bookings import invoicing
from app.services.bookings.morning import attendance
from app.services.profile.own_data.gathering import gather
from app.services.tokens import day_links
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id
from tests.support.services import booked_by
from tests.support.tablets import key_of, press

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
# In France it is 11 h 40.
NOON = datetime(2026, 11, 30, 10, 40, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
ZOE, ADAM, SOFIA = (public_id(each) for each in ("e2", "e3", "e4"))


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """Zoé and Adam eat on Monday; Sofia may, and nobody booked for her."""
    with app.app_context(), db.transaction() as session:
        for person in (people.moreau, people.ines):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [MONDAY], FRIDAY)
        sofia = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        bookings.enrol(sofia, date(2026, 9, 1))


@pytest.fixture
def tablet(app: Flask, booked: None) -> Iterator[Browser]:
    """It is noon on Monday, in the hands of somebody at the canteen."""
    with time_machine.travel(NOON, tick=False):
        yield Browser(app)


def path_of(app: Flask, slug: str = "cantine") -> str:
    """Sign the link of Monday."""
    with app.app_context():
        roll = attendance.of_slug(slug, MONDAY)
        assert roll is not None
        return f"/pointage/{day_links.token_for(roll.service.number, MONDAY)}"


def seen(app: Flask) -> dict[str, tuple[AttendanceState, int | None, int | None]]:
    """Read what was noted, by first name."""
    noted = select(Child.first_name, Attendance).join(Attendance, Attendance.child_id == Child.id)
    with app.app_context():
        return {
            name: (row.state, row.arrived_at, row.left_at)
            for name, row in db.session().execute(noted)
        }


@pytest.mark.both_databases
def test_who_is_there_is_pressed(app: Flask, people: People, tablet: Browser) -> None:
    """One press each; who was not expected takes two; nothing but names and classes is told."""
    with statements_of(app) as sent:
        page = tablet.visit(path_of(app))
    assert selects(sent) <= 6
    assert "0 là, 2 à pointer" in page.text
    for word in (people.moreau.email, people.moreau.family_number, "Sofia PAYS"):
        assert word not in page.html
    page = press(page, "la", ZOE)
    assert "MOREAU Zoé Là à 11 h 40" in " ".join(page.text.split())
    page = press(page, "absent", ADAM)
    page = press(page, "la", SOFIA)
    assert "non réservé" in page.text
    assert seen(app) == {
        "Zoé": (AttendanceState.PRESENT, 700, None),
        "Adam": (AttendanceState.ABSENT, None, None),
        "Sofia": (AttendanceState.PRESENT, 700, None),
    }
    page = press(press(page, "la", ADAM), "annuler", SOFIA)
    assert seen(app).keys() == {"Zoé", "Adam"}
    assert seen(app)["Adam"] == (AttendanceState.PRESENT, 700, None)
    with app.app_context():
        [told] = gather(signed_in(people.moreau)).data["presences"]
    assert (told["enfant"], told["etat"], told["arrivee_minutes"]) == ("Zoé", "Présent", 700)


@pytest.mark.both_databases
def test_a_press_that_comes_twice_acts_once(app: Flask, tablet: Browser) -> None:
    """The network was slow: the second one of a page changes nothing, whatever it is."""
    first = tablet.visit(path_of(app))
    press(first, "la", ZOE)
    press(first, "annuler", ZOE)
    assert "Zoé" in seen(app)
    again = tablet.visit(path_of(app))
    press(again, "annuler", ZOE)
    press(again, "annuler", ZOE)
    assert seen(app) == {}
    # Another tablet saw her too, a minute later: she came when she came.
    press(tablet.visit(path_of(app)), "la", ZOE)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        press(first, "absent", ZOE)
        press(tablet.visit(path_of(app)), "la", ZOE)
    assert seen(app)["Zoé"] == (AttendanceState.PRESENT, 700, None)


def test_all_the_others_at_once(app: Flask, tablet: Browser) -> None:
    page = press(tablet.visit(path_of(app)), "absent", ADAM)
    page = page.submit("Tous les autres sont là")
    assert {name: state for name, (state, *_) in seen(app).items()} == {
        "Adam": AttendanceState.ABSENT,
        "Zoé": AttendanceState.PRESENT,
    }
    assert "Tous les autres" not in page.text


def test_from_a_garderie_children_leave(app: Flask, tablet: Browser) -> None:
    """When somebody fetched them counts there; a mistake is taken back step by step."""
    with app.app_context(), db.transaction() as session:
        midday = session.scalars(select(Service).where(Service.source_id == "midi")).one()
        midday.kind = ServiceKind.GARDERIE
    page = press(tablet.visit(path_of(app, "garderie-de-midi")), "la", ZOE)
    with time_machine.travel(NOON + timedelta(minutes=75), tick=False):
        page = press(tablet.visit(page.path), "parti", ZOE)
        assert "Là à 11 h 40, parti à 12 h 55" in page.text
        # Who is still in the room, should it have to be left.
        assert "0 là, 1 parti, 1 à pointer" in page.text
        assert seen(app)["Zoé"] == (AttendanceState.PRESENT, 700, 775)
        page = press(page, "annuler", ZOE)
    assert seen(app)["Zoé"] == (AttendanceState.PRESENT, 700, None)


def test_a_link_opens_one_service_for_one_day(app: Flask, tablet: Browser) -> None:
    """Neither the children of others, nor another day, nor what nobody signed."""
    path = path_of(app)
    page = tablet.visit(path)
    for act, child in (("la", public_id("e1")), ("parti", ZOE), ("mange", ZOE), ("annuler", "")):
        press(page, act, child)
    tablet.post(path, {"csrf_token": page.csrf_token, "key": "x", "la": ZOE})
    assert seen(app) == {}
    assert tablet.fetch(path, "POST", {"key": key_of(page), "la": ZOE}).status_code == 302
    assert seen(app) == {}
    for forged in (path[:-1], path + "x", "/pointage/x"):
        assert "Ce lien ne sert plus" in tablet.visit(forged).text
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert "Ce lien ne sert plus" in tablet.visit(path).text
        sent = {"csrf_token": page.csrf_token, "key": key_of(page), "la": ZOE}
        assert "Ce lien ne sert plus" in tablet.post(path, sent).text
    assert seen(app) == {}


def test_the_town_hall_gives_the_link_and_reads_what_was_seen(app: Flask, tablet: Browser) -> None:
    """Lucie shows the drawing to a tablet; the journal tells that she did."""
    lucie = come(app, "lucie@commune.fr", "Lucie Roy", "cantine")
    page = lucie.get("town_hall.expected").link("Cantine (2)").click().link("Pointage").click()
    assert page.soup.select("svg.code")
    path = path_of(app)
    assert page.link("Ouvrir le pointage ici").href.endswith(path)
    pressed = press(tablet.visit(path), "la", SOFIA)
    press(pressed, "absent", ADAM)
    page = lucie.visit(page.path)
    assert "1 enfant noté là, 1 absent, 1 à pointer." in page.text
    assert "Non réservés : 1" in page.text
    other = lucie.visit(page.path.replace("2026-11-30", "2026-12-03"))
    assert "se donne le jour même" in other.text
    for path in ("/mairie/jour/demain/pointage/cantine", f"/mairie/jour/{MONDAY}/pointage/x"):
        assert lucie.fetch(path).status_code == 404
    with app.app_context():
        made = select(JournalEntry.acted_by).where(JournalEntry.event == attendance.LINK_MADE)
        assert set(db.session().scalars(made)) == {"Lucie Roy"}


def test_the_link_by_a_command(app: Flask, tablet: Browser) -> None:
    result = app.test_cli_runner().invoke(args=["pointage", "lien", "cantine"])
    path = urlsplit(result.output.strip()).path
    assert tablet.visit(path).h1 == "Cantine"
    result = app.test_cli_runner().invoke(args=["pointage", "lien", "piscine"])
    assert "aucun service ne s’appelle" in result.output
    assert result.exit_code == 1


def test_nothing_is_noted_in_a_month_that_is_invoiced(
    app: Flask, people: People, tablet: Browser
) -> None:
    """The tablet says so, and who is expected; a button of a page that was open does nothing."""
    page = tablet.visit(path_of(app))
    with app.app_context():
        invoicing.invoice(MONDAY, PORTAL)
    after = press(page, "la", ZOE)
    assert "Novembre 2026 est facturé : rien ne s’y note plus." in after.text
    assert people.moreau.last_name in after.text
    assert "Absent" not in after.text
    assert press(page, "la", "").path == page.path
    assert seen(app) == {}


@pytest.mark.both_databases
def test_the_list_of_the_day_says_what_was_noted(app: Flask, tablet: Browser) -> None:
    """Beside each child: there since when, or not; of which service, where several are read."""
    page = press(tablet.visit(path_of(app)), "la", ZOE)
    press(page, "absent", ADAM)
    press(tablet.visit(path_of(app, "garderie-de-midi")), "absent", ZOE)
    nadia = come(app, *NADIA, "lecture")
    with statements_of(app) as sent:
        page = nadia.get("town_hall.expected")
    assert selects(sent) <= 6
    assert "MOREAU Zoé Cantine, Midi Cantine : là à 11 h 40, Midi : absent" in page.text
    page = nadia.get("town_hall.expected", service="cantine")
    assert "GARNIER Adam Et aussi : Midi Absent" in page.text
