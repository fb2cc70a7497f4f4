"""« À faire aujourd’hui »: what waits, the most pressing first, each with what sees to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Account, Family, MailState, Message, MessageReply, OutboxMail, RefusedAddress
from app.services import journal
from app.services.actors import Command
from app.services.clerks import trial_mail
from app.services.inbox import desk
from app.services.mail.kinds import MailKind
from app.services.town_hall import day as service
from app.settings import EXTENSION
from app.testing import Outbox
from app.web import templating
from tests.blueprints.town_hall.conftest import ask
from tests.support.browser import Browser
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.job_room import let_invitations_leave
from tests.support.mail_room import bounced
from tests.support.page_checks.text import visible_text
from tests.support.people import People, public_id

NADIA = Command("Nadia")


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in; the cast is in the portal."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


@pytest.mark.both_databases
def test_a_family_waits_until_it_is_answered(app: Flask, office: Browser, people: People) -> None:
    """And again once it writes again; each thread once."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.message", public_id=public_id("m1"))
    page = page.fill({"Votre réponse": "Demain."}).submit("Envoyer ma réponse")
    page.fill({"Votre réponse": "À 18 h."}).submit("Envoyer ma réponse")
    assert "1 famille attend votre réponse" in office.get("town_hall.day").text
    with app.app_context():
        number = db.session().scalar(select(Message.id).where(Message.source_id == "m1")) or 0
        desk.answer(number, people.zest.family_number, "À 18 h.", NADIA)
    assert "attend votre réponse" not in office.get("town_hall.day").text
    page = parent.get("family.message", public_id=public_id("m1"))
    page.fill({"Votre réponse": "Merci."}).submit("Envoyer ma réponse")
    page = office.get("town_hall.day")
    assert "1 famille attend votre réponse" in page.text
    assert page.link("PAYS ZEST").click().h1 == "Famille ZEST, n° 3816231"


@pytest.mark.both_databases
def test_every_page_s_menu_counts_what_waits(app: Flask, office: Browser, people: People) -> None:
    """To ninety-nine; what waits no more is counted no more."""

    def menu(endpoint: str) -> list[str]:
        return [visible_text(each) for each in office.get(endpoint).soup.select(".menu a")]

    assert {"Demandes", "Messages"} <= set(menu("town_hall.day"))
    ask(app, people)
    with app.app_context(), db.transaction() as session:
        message = session.scalars(select(Message).where(Message.source_id == "m1")).one()
        family = session.scalars(select(Family.id).where(Family.number == "3816231")).one()
        session.add_all(
            MessageReply(
                message_id=message.id, family_id=family, body="", written_at=at, waits_since=at
            )
            for at in [datetime.now(UTC)] * 100
        )
    assert {"Demandes (1)", "Messages (plus de 99)"} <= set(menu("town_hall.families"))
    with app.app_context(), db.transaction() as session:
        session.execute(update(Message).values(withdrawn_at=datetime.now(UTC)))
    assert "Messages" in menu("town_hall.own_account")


def test_the_name_of_the_town_hall_leads_to_its_day(office: Browser, app: Flask) -> None:
    """Not to where parents sign in."""
    for browser, endpoint, place in (
        (office, "town_hall.families", "/mairie"),
        (Browser(app), "town_hall.sign_in", "/mairie/connexion"),
    ):
        brand = browser.get(endpoint).soup.select_one("a.brand")
        assert brand is not None
        assert visible_text(brand).startswith("Mairie ")
        assert brand["href"] == place


def test_who_never_came_is_invited_again_in_two_clicks(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        session.execute(
            update(Account)
            .where(Account.identifier == people.zest.identifier)
            .values(password_hash=None, invited_at=now - timedelta(days=20))
        )
    page = office.get("town_hall.day")
    assert "1 parent invité n’a pas choisi de mot de passe" in page.text
    outbox.clear()
    page.link("Relancer").click().submit("Envoyer")
    let_invitations_leave(app)
    assert [mail.recipient for mail in outbox] == [people.zest.email]
    with app.app_context(), db.transaction() as session:
        session.add(RefusedAddress(address=people.zest.email, refused_at=now, reason=bounced()))
    assert "parent invité" not in office.get("town_hall.day").text


def test_mails_that_do_not_arrive(app: Flask, office: Browser, people: People) -> None:
    """One whose mailbox is gone; then a server that takes nothing, until it does."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        gone = RefusedAddress(
            address=people.zest.email, refused_at=now, reason="La boîte n’existe pas."
        )
        session.add(gone)
    page = office.get("town_hall.day")
    assert "1 parent à qui les courriels n’arrivent pas" in page.text
    assert "La boîte n’existe pas." in page.text
    assert "Les courriels partent normalement." in page.text
    old = {"kind": MailKind.NEW_MESSAGE, "created_at": now - timedelta(hours=1), "attempts": 2}
    with app.app_context(), db.transaction() as session:
        session.add(OutboxMail(identifier="1", due_at=now + timedelta(minutes=9), **old))
        session.execute(update(OutboxMail).values(settled_at=None))
    page = office.get("town_hall.day")
    assert "Aucun courriel ne part depuis" in page.text
    assert "Prévenez la personne du serveur." in page.text
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], server_contact="Paul Durand")
    templating.draw_anew(app)
    assert "Prévenez Paul Durand." in office.get("town_hall.day").text
    with app.app_context(), db.transaction() as session:
        sent = OutboxMail(identifier="2", due_at=now, state=MailState.SENT, settled_at=now, **old)
        session.add(sent)
    assert "Les courriels partent normalement." in office.get("town_hall.day").text


def test_a_town_that_begins_reads_its_first_steps(
    app: Flask, browser: Browser, outbox: Outbox
) -> None:
    """Until somebody is invited; then what waits."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    page = sign_in_by_mail(browser, nadia, outbox)
    assert "Mettre en place le portail" in page.text
    assert "Aucun import encore." in page.text
    assert page.link("Importer").click().h1 == "Import"
    with app.app_context(), db.transaction() as session:
        session.add(Family(source_id="1", number="1"))
    page = browser.get("town_hall.day")
    [step] = [each for each in page.soup.select(".waits li") if "premier import" in each.text]
    assert "Fait" in step.text


@pytest.mark.both_databases
def test_whoever_sets_up_sends_themselves_a_mail(
    app: Flask, browser: Browser, outbox: Outbox
) -> None:
    """No terminal is needed to know that mails arrive; its step is done once it has left."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    page = sign_in_by_mail(browser, nadia, outbox)
    page = page.submit("M’en envoyer un")
    assert "Un courriel d’essai part à nadia@commune.fr." in page.text
    assert outbox.latest.recipient == "nadia@commune.fr"
    assert "Bonjour Nadia Petit," in outbox.latest.text
    [step] = [each for each in page.soup.select(".waits li") if "essai" in each.text]
    assert "Fait" in step.text
    token = {"csrf_token": browser.get("town_hall.own_account").csrf_token}
    for _ in range(trial_mail.MOST_IN_A_DAY):
        page = browser.post("/mairie/courriel-d-essai", token)
    assert "Vous en avez déjà demandé six aujourd’hui." in page.text
    reader = settle(app, "paul@commune.fr", "Paul Lesage", "lecture", by_mail=True)
    his = Browser(app)
    page = sign_in_by_mail(his, reader, outbox)
    assert "M’en envoyer un" not in page.text


def test_much_is_not_counted_to_its_end(
    app: Flask, office: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 2)
    with app.app_context(), db.transaction() as session:
        values = {"password_hash": None, "invited_at": datetime.now(UTC)}
        session.execute(update(Account).values(values))
    assert "Plus de 2 parents invités" in office.get("town_hall.day").text


def test_the_day_asks_the_database_little(app: Flask, office: Browser) -> None:
    with statements_of(app) as said:
        office.get("town_hall.day")
    assert selects(said) <= 8


def test_the_days_since_the_last_import(app: Flask, office: Browser) -> None:
    """It is read from the journal, a command's import too."""
    with app.app_context(), db.transaction() as session:
        journal.record(session, "import", NADIA, None)
    later = datetime.now(UTC) + timedelta(days=23)
    with time_machine.travel(later, tick=False), app.app_context():
        assert service.read(reads_proofs=False).days_since_import == 23
