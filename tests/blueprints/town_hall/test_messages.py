"""« Messages »: the town hall writes, reads again, sends, thinks better of it, follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import JournalEntry, Message, OutboxMail
from app.testing import Outbox
from tests.services.inbox.test_sending import settle_jobs
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.page_checks.text import visible_text
from tests.support.people import People, Person

SUBJECT = "La cantine ferme vendredi"
TEXT = {"Objet": SUBJECT, "Texte": "Bonjour,\n\nPrévoyez un pique-nique."}
GARDERIE = "Fermeture de la garderie le vendredi 13 juillet"


def signed_in(app: Flask, outbox: Outbox, role: str, name: str = "nadia") -> Browser:
    """Somebody with one role."""
    browser = Browser(app)
    clerk = settle(app, f"{name}.{role}@commune.fr", "Nadia Petit", role, by_mail=True)
    sign_in_by_mail(browser, clerk, outbox)
    return browser


@pytest.fixture
def office(app: Flask, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office."""
    return signed_in(app, outbox, "secretariat")


def write(office: Browser, *ticked: str, **typed: str) -> Page:
    """Fill the form in, up to a button."""
    page = office.get("town_hall.messages").link("Écrire").click()
    ticks = {"Toutes les familles": not ticked, **dict.fromkeys(ticked, True)}
    return page.fill({**TEXT, **ticks, **typed})


def inbox(app: Flask, person: Person) -> Page:
    browser = Browser(app)
    browser.sign_in(person)
    return browser.get("family.messages")


THE_CLASS = ("Une école, des classes", "École du Bourg, CP")


def test_an_hour_that_is_past_is_told_before_it_is_read_again(
    app: Flask, office: Browser, people: People
) -> None:
    """A wrong year: nothing is kept meanwhile, and the hour alone is to be chosen again."""
    page = write(office, Jour="2020-01-01", Heure="08:00")
    page = page.fill({"Maintenant": False, "Plus tard": True}).submit("Relire", _refused=200)
    assert any("Cette heure est passée." in each for each in page.errors)
    assert page.value("Objet") == SUBJECT
    with app.app_context():
        assert db.session().scalar(select(Message.id).where(Message.subject == SUBJECT)) is None


def test_a_message_to_a_class_is_read_again_then_leaves(
    app: Flask, office: Browser, people: People
) -> None:
    """Three clicks: Écrire, Relire, Envoyer; ten minutes later five families have it."""
    page = write(office, *THE_CLASS).submit("Relire")
    assert page.h1 == "Relire avant d’envoyer"
    assert "5 familles, 6 parents" in page.text
    assert "6 courriels" in page.text
    assert "Prévoyez un pique-nique." in page.text
    assert "GARNIER" in page.text
    page = page.submit("Envoyer")
    assert "Visible dans 10 minutes." in page.text
    assert SUBJECT not in inbox(app, people.marc).text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        settle_jobs(app)
        assert SUBJECT in inbox(app, people.marc).text
    listed = office.get("town_hall.messages").soup.select("tbody tr")[0]
    assert "École du Bourg, CP" in listed.text
    assert "0 sur 6" in listed.text
    assert "Nadia Petit" in listed.text


def test_whoever_thinks_better_of_it_writes_on(app: Flask, office: Browser, people: People) -> None:
    """The draft is as it was; thrown away it is nowhere."""
    page = write(office, *THE_CLASS).submit("Relire").submit("Envoyer")
    page = page.submit("Annuler l’envoi")
    assert page.h1 == "Écrire aux familles"
    assert page.value("Objet") == SUBJECT
    page = page.fill({"Objet": "Autre"}).submit("Garder en brouillon")
    assert "Brouillon gardé" in page.text
    page = page.link("Autre").click().submit("Jeter ce brouillon")
    assert "Autre" not in [each.text for each in page.soup.select("tbody a")]


def test_one_family_needs_no_reading_again(app: Flask, office: Browser, people: People) -> None:
    """From its number alone; a number that nobody has keeps what was typed."""
    page = write(office, "Une famille", family="999").submit("Envoyer", _refused=200)
    assert "Il n’y a pas de famille n° 999." in page.text
    assert page.value("Texte") == TEXT["Texte"]
    page = page.fill({"Numéro de la famille": people.moreau.family_number}).submit("Envoyer")
    assert "Visible dans 10 minutes." in page.text
    with app.app_context(), db.transaction() as session:
        assert session.query(Message).filter_by(unsent=True).one().family_id
    assert "Annuler l’envoi" in page.text


def test_the_regie_writes_to_those_who_are_late_only(
    app: Flask, outbox: Outbox, office: Browser, people: People
) -> None:
    """Whoever only reads sees no name of those who owe."""
    regie = signed_in(app, outbox, "regie")
    page = regie.get("town_hall.new_message")
    assert [each["value"] for each in page.soup.select("[name=kind]")] == ["retard"]
    page = page.fill(TEXT).submit("Relire").submit("Envoyer")
    number = page.path.rsplit("/", 1)[1]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        settle_jobs(app)
    assert "ZEST" in regie.get("town_hall.message", number=number).text
    reading = signed_in(app, outbox, "lecture")
    assert "ZEST" not in reading.get("town_hall.message", number=number).text
    draft = write(office, *THE_CLASS).submit("Relire").path
    assert regie.fetch(draft).status_code == 403


def test_those_who_have_not_opened_it_are_told_again(
    app: Flask, outbox: Outbox, office: Browser, people: People
) -> None:
    """Once a day; then it is corrected, and taken back."""
    page = write(office).submit("Relire").submit("Envoyer")
    number = page.path.rsplit("/", 1)[1]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        settle_jobs(app)
        browser = Browser(app)
        browser.sign_in(people.moreau)
        browser.get("family.messages").link(SUBJECT).click()
    page = office.get("town_hall.message", number=number)
    assert "Ouvert par 1 parents sur 8" in page.text
    assert "Paul MOREAU" not in page.text
    page = page.submit("Relancer ceux qui n’ont pas ouvert")
    assert "Attendez le lendemain" in page.text
    with app.app_context(), db.transaction() as session:
        session.query(OutboxMail).delete()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        again = signed_in(app, outbox, "secretariat", "sam")
        page = again.get("town_hall.message", number=number)
        assert "5 rappels partent" in page.submit("Relancer ceux qui n’ont pas ouvert").text
        page = again.get("town_hall.message", number=number).link("Corriger").click()
        page = page.fill({"Texte": "Samedi, pas vendredi."}).submit("Corriger")
        assert ", corrigé" in page.text
        mine = inbox(app, people.zest).link(SUBJECT).click()
        assert ", corrigé" in mine.text
        page = page.submit("Retirer ce message")
        assert "aucune famille ne le voit plus" in page.text
        assert SUBJECT not in inbox(app, people.zest).text
        assert "Samedi, pas vendredi." in page.text
    with app.app_context():
        acts = select(JournalEntry.event).where(JournalEntry.event.startswith("message_"))
        assert list(db.session().scalars(acts.order_by(JournalEntry.id))) == [
            "message_sent", "message_reminded", "message_corrected", "message_withdrawn",
        ]  # fmt: skip


def test_a_family_is_answered_from_the_screen(app: Flask, office: Browser, people: People) -> None:
    """Who waits comes first; the answer is that family's alone."""
    zest, to_zest = Browser(app), f"Répondre à la famille n° {people.zest.family_number}"
    zest.sign_in(people.zest)
    page = zest.get("family.messages").link(GARDERIE).click()
    page.fill(reply="Et samedi\u00a0?").submit("Envoyer ma réponse")
    page = office.get("town_hall.messages").link(GARDERIE).click()
    assert "attend votre réponse" in page.text
    page = page.fill({"Votre réponse": ""}).submit(to_zest, _refused=200)
    assert "Écrivez votre réponse." in page.text
    page = page.fill({"Votre réponse": "Samedi aussi."}).submit(to_zest)
    assert "dans sa boîte de réception" in page.text
    assert "Samedi aussi." in zest.get("family.messages").link(GARDERIE).click().text


def test_messages_are_listed_by_their_day(app: Flask, office: Browser) -> None:
    """Whatever the order of the files that brought them."""
    with app.app_context(), db.transaction() as session:
        later = update(Message).where(Message.source_id == "m1")
        session.execute(later.values(sent_on=date(2018, 7, 12)))
    listed = office.get("town_hall.messages").soup.select("tbody a")
    assert visible_text(listed[0]) == GARDERIE
    with statements_of(app) as said:
        office.get("town_hall.messages")
    [page] = [each for each in said if "ORDER BY message.sent_on" in each]
    with app.app_context():
        asked = f"EXPLAIN QUERY PLAN {page}"
        plan = db.session().connection().exec_driver_sql(asked, (None,) * page.count("?"))
        assert any("ix_message_sent_on_id" in str(row[-1]) for row in plan)


def test_messages_ask_the_database_little(app: Flask, office: Browser) -> None:
    page = write(office, *THE_CLASS).submit("Relire")
    for address in ("/mairie/messages", page.path, "/mairie/messages/1"):
        with statements_of(app) as said:
            office.visit(address)
        assert selects(said) <= 8, address
