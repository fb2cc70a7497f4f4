"""« Documents »: the town hall gives one out, to some, for a time; replaces it; takes it back."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import Document, JournalEntry
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.people import People, Person

MENU, OTHER_MENU = b"%PDF-1.4\n%%EOF\n", b"%PDF-1.4\n% \n%%EOF\n"
TITLE = "Menus de décembre"


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def send(page: Page, content: bytes = MENU, **typed: Any) -> Page:
    """Send the form of a page with a file."""
    data = {"csrf_token": page.csrf_token, "files": (io.BytesIO(content), "menu.pdf"), **typed}
    return page.browser.post(page.path, data)


def publish(office: Browser, **typed: Any) -> Page:
    """Give a menu out."""
    page = office.get("town_hall.documents").link("Publier un document").click()
    said = {"kind": "toutes", "title": TITLE, "category": "Cantine", **typed}
    return send(page, **said)


def library(app: Flask, person: Person) -> Page:
    browser = Browser(app)
    browser.sign_in(person)
    return browser.get("family.documents")


def test_a_document_for_a_class_is_replaced_at_its_address(
    app: Flask, office: Browser, people: People
) -> None:
    """Those of the class have it, ROUX has not; its link leads to the new file."""
    page = publish(office, kind="ecole", classes="École du Bourg, CP")
    assert "Publié." in page.text
    row = page.soup.select("tbody tr")[0]
    assert "École du Bourg, CP" in row.text
    assert "Nadia Petit" in row.text
    assert TITLE not in library(app, people.no_address).text
    theirs = library(app, people.marc)
    address = theirs.link(TITLE).href
    page = send(page.link(TITLE).click(), OTHER_MENU)
    assert "mènent au nouveau fichier" in page.text
    assert theirs.browser.fetch(address).data == OTHER_MENU
    assert "rien n’a changé" in send(page, OTHER_MENU).text
    page = office.visit(page.path).submit("Retirer ce document")
    assert TITLE not in page.text.replace("Retiré", "")
    assert theirs.browser.fetch(address).status_code == 404
    with app.app_context():
        acts = select(JournalEntry.event).where(JournalEntry.event.startswith("document_"))
        assert list(db.session().scalars(acts.order_by(JournalEntry.id))) == [
            "document_added", "document_replaced", "document_withdrawn",
        ]  # fmt: skip


def test_it_is_there_for_the_days_that_were_said(
    app: Flask, office: Browser, people: People
) -> None:
    first, last = today() + timedelta(days=2), today() + timedelta(days=4)
    page = publish(office, shown_from=first.isoformat(), shown_until=last.isoformat())
    assert f"Les familles le trouveront dans « Infos/Documents » le {first:%d/%m/%Y}." in page.text
    for days, seen in ((0, False), (2, True), (4, True), (5, False)):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
            assert (TITLE in library(app, people.zest).text) is seen, days
    page = publish(office, shown_from=last.isoformat(), shown_until=first.isoformat())
    assert "Le dernier jour vient avant le premier." in page.errors
    page = publish(office, shown_until=(today() - timedelta(days=1)).isoformat())
    assert "Ce jour est passé : aucune famille ne verrait le document." in page.errors


def test_what_cannot_be_published_is_said(app: Flask, office: Browser, people: People) -> None:
    """What was typed stays; the same twice is one; that of the files has no act."""
    page = office.get("town_hall.new_document")
    page = page.fill({"Titre": TITLE, "Rubrique": "Cantine"}).submit("Publier", _refused=200)
    assert page.errors == ["Choisissez un fichier."]
    assert page.value("Titre") == TITLE
    wrong = send(
        office.get("town_hall.new_document"), b"GIF89a", title=TITLE, kind="toutes", category="x"
    )
    assert "ni un PDF" in " ".join(wrong.errors)
    publish(office)
    assert "déjà publié" in publish(office).text
    with app.app_context():
        given = select(Document.id).where(~Document.acted_by.contains("N")).order_by(Document.id)
        number = db.session().scalars(given).first()
    page = office.get("town_hall.document", number=str(number))
    assert "Il vient de votre logiciel" in page.text
    assert "Remplacer" not in page.text


def test_documents_ask_the_database_little(app: Flask, office: Browser) -> None:
    with statements_of(app) as said:
        office.get("town_hall.documents")
    assert selects(said) <= 8
