"""A parent reads, answers, archives and searches the town hall's messages."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.formats import today
from app.models import Account, Family, JournalEntry, Message, MessageAttachment, MessageReply
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, Person, public_id

M1, M2, M3 = (public_id(name) for name in ("m1", "m2", "m3"))


def post(app: Flask, family: Person | None, name: str, **values: object) -> str:
    """The town hall writes."""
    with app.app_context(), db.transaction() as session:
        wanted = select(Family.id).where(Family.number == (family.family_number if family else ""))
        message = Message(
            source_id=name,
            public_id=public_id(name),
            family_id=session.scalar(wanted),
            **{"sent_on": today(), "subject": name, "body": name, **values},
        )
        session.add(message)
    return public_id(name)


def attach(app: Flask, message: str, content: bytes) -> str:
    """Join a PDF to a message."""
    folder = Path(app.instance_path) / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kept.pdf").write_bytes(content)
    with app.app_context(), db.transaction() as session:
        of = session.scalars(select(Message.id).where(Message.public_id == message)).one()
        session.add(
            MessageAttachment(
                message_id=of,
                public_id=public_id("a1"),
                title="menus d’été.pdf",
                file="kept.pdf",
                file_size=len(content),
            )
        )
    return public_id("a1")


def count(app: Flask, what: type[db.Base]) -> int:
    """Count rows."""
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(what)) or 0


def test_the_list_says_who_wrote_what_and_when(browser: Browser, people: People) -> None:
    """The service or the town hall, the day in words, « non lu » as a word."""
    post(browser.app, people.zest, "Hier", sent_on=today() - timedelta(days=1))
    post(browser.app, people.zest, "Ce matin", sender="Service périscolaire")
    browser.sign_in(people.zest)
    page = browser.get("family.messages")
    assert "Non lu – Service périscolaire – aujourd’hui" in page.text
    assert "Non lu – Mairie – hier" in page.text
    assert "Service enfance – mardi 10 juillet 2018" in page.text
    assert "4 nouveaux messages" in page.text
    page.link("Hier").click()
    page = browser.get("family.messages")
    assert "3 nouveaux messages" in page.text
    assert page.text.index("Ce matin") < page.text.index("Hier")


def test_a_message_keeps_its_lines_and_its_links(browser: Browser, people: People) -> None:
    """An address can be followed; what looks like HTML is read, never obeyed."""
    body = 'Voir https://exemple.fr/a?b=1&c="2.\n<b>Bonjour</b>\njavascript:alert(1)'
    name = post(browser.app, people.zest, "Lien", body=body)
    browser.sign_in(people.zest)
    letter = browser.fetch(f"/messages/{name}").text.replace("\r", "")
    assert "\n&lt;b&gt;Bonjour&lt;/b&gt;\njavascript:alert(1)</div>" in letter
    assert letter.count('rel="nofollow noopener noreferrer"') == 1
    assert 'href="javascript' not in letter


def test_each_guardian_answers_in_one_thread(app: Flask, people: People) -> None:
    """Inès answers, Karim reads it under her name; nobody else does."""
    ines, karim, claire = Browser(app), Browser(app), Browser(app)
    ines.sign_in(people.ines)
    page = ines.get("family.message", public_id=M1)
    assert "L’autre responsable de votre famille la verra aussi." in page.text
    page = page.fill({"Votre réponse": "Merci,\nà vendredi."})
    page = page.submit("Envoyer ma réponse")
    assert "Votre réponse est envoyée à la mairie." in page.text
    assert "Vous – " in page.text
    assert "Merci, à vendredi." in page.text
    karim.sign_in(people.karim)
    assert "Inès GARNIER – " in karim.get("family.message", public_id=M1).text
    claire.sign_in(people.claire)
    page = claire.get("family.message", public_id=M1)
    assert "Merci" not in page.text
    assert "L’autre responsable" not in page.text
    assert "aujourd’hui – vous avez répondu" in ines.get("family.messages").text


def test_a_double_click_answers_once(app: Flask, people: People) -> None:
    """The same form, sent twice; the same words, sent on purpose, are kept again."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.message", public_id=M1).fill({"Votre réponse": "Oui"})
    page.submit("Envoyer ma réponse")
    page = page.submit("Envoyer ma réponse")
    assert count(app, MessageReply) == 1
    page.fill({"Votre réponse": "Oui"}).submit("Envoyer ma réponse")
    assert count(app, MessageReply) == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Écrivez votre réponse."),
        (" \x00\n", "Écrivez votre réponse."),
        ("é" * 4_001, "Écrivez 4000 caractères au plus."),
    ],
)
def test_an_answer_is_bounded(browser: Browser, people: People, typed: str, said: str) -> None:
    """What was typed is kept, and nothing is sent."""
    browser.sign_in(people.zest)
    page = browser.get("family.message", public_id=M1).fill({"Votre réponse": typed})
    page = page.submit("Envoyer ma réponse", _refused=200)
    assert page.errors == [said]
    assert page.value("Votre réponse").strip() == typed.strip("\x00 \n")
    assert count(browser.app, MessageReply) == 0


def test_a_message_that_takes_no_answer(browser: Browser, people: People) -> None:
    """No form; one that is forged answers nothing, nor to somebody else's message."""
    browser.sign_in(people.moreau)
    page = browser.get("family.message", public_id=M3)
    assert "Votre réponse" not in page.text
    for name in (M3, M2):
        data = {"csrf_token": page.csrf_token, "reply": "Bonjour"}
        browser.post(f"/messages/{name}/repondre", data, 404)
    assert count(browser.app, MessageReply) == 0


def test_archiving_and_undoing(app: Flask, people: People) -> None:
    """Out of the list and the count at once, back by « Annuler »; for this guardian alone."""
    ines, karim = Browser(app), Browser(app)
    assert "1 nouveau message" in karim.sign_in(people.karim).text
    ines.sign_in(people.ines)
    page = ines.get("family.message", public_id=M1).submit("Archiver ce message")
    assert "Message archivé." in page.text
    assert "Fermeture" not in page.text
    assert "Fermeture" in ines.get("family.messages", filtre="archives").text
    assert "1 nouveau message" in karim.get("family.home").text
    page = page.submit("Annuler")
    assert "Fermeture" in page.text
    with app.app_context():
        events = db.session().scalars(
            select(JournalEntry.event).join(Account, Account.id == JournalEntry.account_id)
            .where(Account.identifier == people.ines.identifier).order_by(JournalEntry.id)
        ).all()  # fmt: skip
    assert events[-2:] == ["message_archived", "message_restored"]


def test_an_unread_message_archived_counts_no_more(app: Flask, people: People) -> None:
    """Archiving is enough: home and the inbox say the same."""
    parent = Browser(app)
    page = parent.sign_in(people.zest)
    for name in (M1, M2):
        parent.fetch(f"/messages/{name}/archiver", "POST", {"csrf_token": page.csrf_token})
    assert "Aucun nouveau message" in parent.get("family.home").text
    assert "Aucun message pour le moment" in parent.get("family.messages").text


def test_acts_on_another_family_s_message(browser: Browser, people: People) -> None:
    """As if it did not exist."""
    token = browser.sign_in(people.moreau).csrf_token
    for act in ("archiver", "remettre", "repondre"):
        for name in (M2, "0" * 16):
            browser.post(f"/messages/{name}/{act}", {"csrf_token": token, "reply": "x"}, 404)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ete", True), ("ÉTÉ", True), ("noel", True), ("NOËL marche", True), ("cœur", True),
        ("coeur", True), ("l'ete", True), ("periscolaire", True), ("100%", True), ("a_b", True),
        ("0_", False), ("1%0", False), ("%", True), ("a\\b", False), ("piscine", False),
        ("\x00", True), ("été piscine", False),
    ],
)  # fmt: skip
def test_a_search_forgives_accents_and_capitals(
    browser: Browser, people: People, typed: str, found: bool
) -> None:
    """Every word must be there, in the service, the subject or the text, taken literally."""
    post(
        browser.app, people.moreau, "Marché de Noël", sender="Service périscolaire",
        body="Au cœur de l’été, 100% laine, a_b.", sent_on=date(2026, 1, 5),
    )  # fmt: skip
    browser.sign_in(people.moreau)
    page = browser.get("family.messages", recherche=typed)
    assert ("Marché de Noël" in page.text) is found


@pytest.mark.both_databases
def test_a_search_that_finds_nothing_leads_to_the_archived_ones(
    browser: Browser, people: People
) -> None:
    """With the same words; there it says nothing more."""
    browser.sign_in(people.zest)
    page = browser.get("family.message", public_id=M1)
    subject = page.h1
    page.submit("Archiver ce message")
    page = browser.get("family.messages").fill({"Rechercher dans les messages": subject})
    page = page.submit("Rechercher")
    assert page.text.count("Aucun message trouvé") == 1
    page = page.link("les messages archivés").click()
    assert "1 message trouvé" in page.text
    assert page.value("Rechercher dans les messages") == subject


def test_the_filter_and_the_search_stay_from_page_to_page(app: Flask, people: People) -> None:
    """Fifty a page, by links; the statements do not grow with what is shown."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    with statements_of(app) as few:
        parent.get("family.messages")
    for number in range(60):
        post(app, people.zest, f"Menu {number}")
    with statements_of(app) as many:
        page = parent.get("family.messages", filtre="non-lus", recherche="menu")
    assert selects(few) == selects(many) <= 4
    assert "60 messages trouvés" in page.text
    second = page.link("Page suivante").click()
    assert len(second.soup.select(".rows li")) == 10
    assert "60 messages trouvés" in second.text
    assert second.value("recherche") == "menu"
    assert "filtre=non-lus" in second.link("Page précédente").href


def test_an_attachment_is_downloaded_by_the_family_alone(app: Flask, people: People) -> None:
    """Under its name, as a file; for the others it does not exist."""
    name = attach(app, M2, b"%PDF-1.4" + b"x" * 12_000)
    parent, other = Browser(app), Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.message", public_id=M2)
    assert "PDF, 12 Ko" in page.text
    assert "1 pièce jointe" in parent.get("family.messages").text
    answer = parent.fetch(parent.address("family.message_attachment", public_id=name))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "menus%20d%E2%80%99%C3%A9t%C3%A9.pdf" in answer.headers["Content-Disposition"]
    assert answer.mimetype == "application/pdf"
    other.sign_in(people.moreau)
    theirs = other.fetch(other.address("family.message_attachment", public_id=name))
    assert theirs.status_code == 404
