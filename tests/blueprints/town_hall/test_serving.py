"""Lucie works for the midday garderie alone: of the canteen she reads nothing, by any door."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask, url_for
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingState,
    Child,
    ClerkService,
    HealthKind,
    HealthMark,
    JournalEntry,
    MealOrder,
    Service,
)
from app.services.clerks import rights, team
from app.services.clerks.rights import Right, Role
from app.web.clerk_access import need_of
from tests.blueprints.town_hall.conftest import NADIA
from tests.support.browser import Browser, Page
from tests.support.clerks import LAUNCHED, Clerk, give_password, settle
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by
from tests.test_architecture import rules

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MORNING = datetime(2026, 11, 30, 7, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
LUCIE = ("lucie@commune.fr", "Lucie Roy")
MIDDAY = "garderie-de-midi"
# What screens of a service ask for.
OF_SERVICES = {Right.EXPECTED, Right.ORDER, Right.ATTENDANCE}


@pytest.fixture(autouse=True)
def booked(app: Flask, people: People) -> Iterator[None]:
    """Two children eat on Monday; Zoé, who may not eat peanuts, alone stays at noon."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [MONDAY], FRIDAY)
        zoe = session.scalars(select(Child).where(Child.source_id == "e2")).one()
        session.add(
            HealthMark(
                child_id=zoe.id, kind=HealthKind.ALLERGY, words="arachide",
                until=date(2027, 8, 31), written_at=FRIDAY, acted_by="Nadia Petit",
            )
        )  # fmt: skip
        midday = session.scalars(select(Service).where(Service.slug == MIDDAY)).one()
        others = (Booking.service_id == midday.id) & (Booking.child_id != zoe.id)
        for each in session.scalars(select(Booking).where(others)):
            each.state = BookingState.CANCELLED
    with time_machine.travel(MORNING, tick=False):
        yield


def tie(app: Flask, email: str, *slugs: str, roles: tuple[str, ...] = ("cantine",)) -> None:
    """Have somebody work for these services alone."""
    with app.app_context():
        [who] = [each for each in team.colleagues() if each.email == email]
        team.change_roles(LAUNCHED, who.public_id, roles, slugs)


@pytest.fixture
def lucie(app: Flask) -> Browser:
    """She is signed in, and works for the midday garderie."""
    clerk = settle(app, *LUCIE, "cantine")
    tie(app, LUCIE[0], MIDDAY)
    return signed_in(app, clerk)


def signed_in(app: Flask, clerk: Clerk) -> Browser:
    """Sign in by a spare code: an application gives none twice in the same instant."""
    browser = Browser(app)
    give_password(browser, clerk.email).fill({"Code": clerk.spare[0]}).submit("Valider")
    return browser


def names(page: Page) -> list[str]:
    """Read the children of the list."""
    return [" ".join(each.text.split()) for each in page.soup.select(".expected li")]


@pytest.mark.both_databases
def test_her_list_is_the_one_she_lands_on(lucie: Browser, app: Flask) -> None:
    """With what health asks of those children; no other service is named, nor where they eat."""
    with statements_of(app) as sent:
        page = lucie.get("town_hall.expected")
    assert selects(sent) == 6
    assert "Garderie de midi, lundi 30 novembre 2026" in page.text
    assert names(page) == ["MOREAU Zoé Allergie : arachide"]
    assert "Cantine" not in page.text
    assert "Tous" not in page.text
    page = page.link("Effectifs de la semaine").click()
    assert "Allergie : arachide" in page.text
    assert "Cantine" not in page.text
    page = lucie.get("town_hall.head_counts")
    assert "Garderie de midi, semaine du 30 novembre 2026" in page.text
    page = lucie.get("town_hall.expected").link("Pointage").click()
    assert "Ouvrir le pointage ici" in page.text


def test_no_door_leads_to_another_service(lucie: Browser, app: Flask) -> None:
    """Each address that is asked of a service, by every method; nor of all of them at once."""
    token = {
        "csrf_token": lucie.get("town_hall.head_counts").csrf_token,
        "address": "a@traiteur.fr",
    }
    knocked = 0
    for rule in rules(app):
        with app.test_request_context():
            need = need_of(rule.endpoint)
            if need is None or need[0] not in OF_SERVICES:
                continue
            asked: dict[str, Any] = {"service": "cantine"}
            if "day" in rule.arguments:
                asked["day"] = MONDAY.isoformat()
            path = url_for(rule.endpoint, **asked)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            data = {**token, "day": MONDAY.isoformat()} if method == "POST" else None
            answer = lucie.fetch(path, method, data)
            assert answer.status_code == 404, f"{method} {path}"
            assert "MOREAU" not in answer.text
            knocked += 1
    assert knocked >= 7
    for file in ("liste.pdf", "liste.csv"):
        assert lucie.fetch(f"/mairie/jour/{MONDAY}/{file}").status_code == 404
        assert lucie.fetch(f"/mairie/jour/{MONDAY}/{file}?service={MIDDAY}").status_code == 200
    with app.app_context():
        assert db.session().scalars(select(MealOrder)).all() == []


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
def test_whoever_sets_services_up_reads_of_all(app: Flask, role: Role) -> None:
    """Whatever is ticked for them; every other role is bound to what is ticked."""
    clerk = settle(app, *LUCIE, role.value)
    tie(app, LUCIE[0], MIDDAY, roles=(role.value,))
    browser = signed_in(app, clerk)
    page = browser.get("town_hall.expected", day=MONDAY.isoformat())
    reads_all = Right.SERVICES in rights.OF_ROLE[role]
    assert ("Cantine" in page.text) is reads_all
    status = browser.fetch(f"/mairie/jour/{MONDAY}?service=cantine").status_code
    assert status == (200 if reads_all else 404)


def test_a_service_that_ends_opens_no_other(lucie: Browser, app: Flask) -> None:
    """Nothing is left to read, rather than all of it; what was printed of hers still may be."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == MIDDAY).values(archived_at=MORNING))
    for page in (lucie.get("town_hall.expected"), lucie.get("town_hall.head_counts")):
        assert "Aucun service." in page.text
        assert "MOREAU" not in page.text
    assert lucie.fetch(f"/mairie/jour/{MONDAY}/liste.csv?service={MIDDAY}").status_code == 200
    assert lucie.fetch(f"/mairie/jour/{MONDAY}?service=cantine").status_code == 404


@pytest.fixture
def team_page(app: Flask) -> Page:
    """« Équipe », where Camille is signed in."""
    clerk = settle(app, "camille@commune.fr", "Camille Martin", "administration")
    return signed_in(app, clerk).get("town_hall.colleagues")


def told(app: Flask) -> list[str]:
    """Read which services the journal says were given to somebody."""
    found = select(JournalEntry).where(JournalEntry.event == "clerk_services_changed")
    with app.app_context():
        rows = db.session().scalars(found.order_by(JournalEntry.id))
        return [f"{each.details['about']} : {each.details['services']}" for each in rows]


def test_camille_says_what_lucie_works_for(team_page: Page, app: Flask) -> None:
    """From the invitation on; none ticked again are all, and what changes nothing is not told."""
    page = team_page.fill({"Prénom et nom": LUCIE[1], "Adresse de courriel": LUCIE[0]})
    page = page.fill({"Cantine et garderies": True, "Cantine": True}).submit("Inviter")
    assert told(app) == ["Lucie Roy : Cantine"]
    row = next(each for each in page.soup.select("tr") if LUCIE[1] in each.text)
    assert "Cantine et garderies Cantine" in " ".join(row.text.split())
    page = page.link(LUCIE[1]).click()
    page.submit("Enregistrer")
    assert told(app) == ["Lucie Roy : Cantine"]
    page = page.browser.get("town_hall.colleagues").link(LUCIE[1]).click()
    page.fill({"Garderie de midi": True}).submit("Enregistrer")
    page = page.browser.get("town_hall.colleagues").link(LUCIE[1]).click()
    page.fill({"Cantine": False, "Garderie de midi": False}).submit("Enregistrer")
    assert told(app)[1:] == ["Lucie Roy : Cantine, Garderie de midi", "Lucie Roy : tous"]


def test_a_service_that_is_not_offered_stays_ticked(team_page: Page, app: Flask) -> None:
    """Else saving the page would let her read of all; nobody else is offered it."""
    with app.app_context():
        link = team.invite(LAUNCHED, *LUCIE, ("cantine",), (MIDDAY,))
        assert link
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == MIDDAY).values(archived_at=MORNING))
    page = team_page.browser.get("town_hall.colleagues")
    assert "Garderie de midi (n’est plus proposé)" in page.text
    page = page.link(LUCIE[1]).click()
    page.submit("Enregistrer")
    with app.app_context():
        assert len(db.session().scalars(select(ClerkService)).all()) == 1
    other = team_page.browser.get("town_hall.colleagues").link("Camille Martin").click()
    assert "n’est plus proposé" not in other.text


def test_a_service_that_is_not_there_is_refused(team_page: Page, app: Flask) -> None:
    """And nobody is invited."""
    data = {
        "csrf_token": team_page.csrf_token, "name": LUCIE[1], "email": LUCIE[0],
        "roles": "cantine", "services": "piscine",
    }  # fmt: skip
    page = team_page.browser.post(team_page.path, data)
    assert "Aucun service ne s’appelle « piscine »." in page.text
    with app.app_context():
        assert [each.name for each in team.colleagues()] == ["Camille Martin"]


def test_who_leaves_and_comes_back_works_for_the_same(app: Flask, lucie: Browser) -> None:
    """Closing an access keeps what was ticked: it is read before it is opened again."""
    with app.app_context():
        [who] = [each for each in team.colleagues() if each.email == LUCIE[0]]
        team.close(LAUNCHED, who.public_id)
        team.reopen(LAUNCHED, who.public_id)
        assert len(db.session().scalars(select(ClerkService)).all()) == 1


def test_a_town_without_services_asks_nothing(app: Flask, team_page: Page) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(archived_at=MORNING))
    page = team_page.browser.get("town_hall.colleagues")
    assert "Rien de coché" not in page.text
    page.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]}).fill(
        {"Lecture": True}
    ).submit("Inviter")
    assert told(app) == []


def test_commands_know_it(app: Flask) -> None:
    """`flask staff add --service`, and the list."""
    runner = app.test_cli_runner()
    add = ["staff", "add", LUCIE[0], "--name", LUCIE[1], "--role", "cantine", "--service"]
    refused = runner.invoke(args=[*add, "piscine"])
    assert refused.exit_code == 1
    assert "Aucun service ne s’appelle «\u00a0piscine\u00a0»." in refused.output
    assert runner.invoke(args=[*add, MIDDAY]).exit_code == 0
    listed = runner.invoke(args=["staff", "list"]).output
    assert "Garderie de midi" in listed
