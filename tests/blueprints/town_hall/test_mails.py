"""« Courriels »: which arrived, why the others did not, and what is done about them."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry, MailState, OutboxMail
from app.services.mail.kinds import MailKind
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import give_password, settle
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.screens.mails import settle_mails

NOW = datetime(2026, 11, 26, 9, 12, tzinfo=UTC)


@pytest.fixture
def written(app: Flask, nadia: Browser, people: People) -> Browser:
    """Nadia looks at mails of every fate."""
    settle_mails(app, people, NOW)
    return nadia


def rows(page: Page) -> list[str]:
    """Read what each row says."""
    return [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]


def states(app: Flask, identifier: str) -> list[MailState]:
    """Read what became of the mails to somebody."""
    with app.app_context():
        wanted = select(OutboxMail.state).where(OutboxMail.identifier == identifier)
        return sorted(db.session().scalars(wanted.where(OutboxMail.created_at < NOW)).all())


@pytest.mark.both_databases
def test_each_filter_finds_its_mails(written: Browser, people: People) -> None:
    """By what became of them, the kind, the day, and whose they are, by name or number."""
    for asked, found in (
        ("etat=pas-arrives", ["Inès", "ZEST"]),
        ("etat=en-attente", ["Jean", "Karim"]),
        ("etat=ecartes", ["Claire"]),
        ("jour=2026-11-26&sorte=new_invoice", ["Karim"]),
        ("jour=2026-11-25&etat=partis", []),
        ("jour=hier&etat=en-attente", ["Jean", "Karim"]),
        ("famille=zest&etat=pas-arrives", ["ZEST"]),
        (f"famille={people.zest.family_number}&etat=pas-arrives", ["ZEST"]),
        ("famille=xylophone", []),
    ):
        listed = rows(written.visit(f"/mairie/courriels?{asked}"))
        assert len(listed) == len(found), asked
        assert all(name in row for name, row in zip(found, listed, strict=True)), asked


def test_a_mail_that_did_not_arrive_says_why_and_what_to_do(
    written: Browser, people: People
) -> None:
    page = written.visit("/mairie/courriels?etat=pas-arrives")
    full, gone = rows(page)
    assert "Cette adresse n’existe pas" in gone
    assert "a répondu" not in gone
    assert "Appeler" in full
    assert (
        page.link("Corriger l’adresse\u00a0: PAYS ZEST").click().h1
        == f"Famille ZEST, n° {people.zest.family_number}"
    )


@pytest.mark.both_databases
def test_mails_leave_again_or_are_kept_back(
    app: Flask, written: Browser, people: People, outbox: Outbox
) -> None:
    """One by its button, those that are ticked or found; what has left stays alone."""
    page = written.get("town_hall.mails")
    assert "Les courriels partent normalement." in page.text
    assert "Cochez d’abord" in page.submit("Abandonner").text
    waiting = written.visit("/mairie/courriels?etat=en-attente")
    said = choose_all(waiting).submit("Abandonner")
    assert "1 courriel ne partira pas." in said.text
    assert states(app, people.karim.identifier) == [MailState.WITHDRAWN]
    outbox.clear()
    failed = written.visit("/mairie/courriels?etat=pas-arrives&famille=zest")
    assert "1 courriel repart." in choose_all(failed).submit("Renvoyer").text
    assert [mail.recipient for mail in outbox] == [people.zest.email]
    sent = written.visit("/mairie/courriels?etat=partis")
    assert "Rien à renvoyer" in choose_all(sent).submit("Renvoyer").text
    with app.app_context():
        told = select(JournalEntry.event, JournalEntry.acted_by).where(
            JournalEntry.event.in_(("mail_retried", "mail_withdrawn"))
        )
        acts = [tuple(row) for row in db.session().execute(told.order_by(JournalEntry.id))]
    assert acts == [("mail_withdrawn", "Nadia Petit"), ("mail_retried", "Nadia Petit")]


def test_what_strangers_typed_is_told_with_who_they_may_be(
    written: Browser, people: People
) -> None:
    page = written.get("town_hall.mails").link("Identifiants inconnus").click()
    nobody, line = rows(page)
    assert nobody.endswith("11 –")
    assert "38162368" in line
    assert people.zest.identifier in line
    assert page.link("PAYS ZEST").click().h1.startswith("Famille ZEST")


def test_colleagues_mails_are_for_those_who_look_after_them(app: Flask, written: Browser) -> None:
    """Nadia got a code; she does not read so of others, nor sends it again."""
    with app.app_context():
        wanted = select(OutboxMail.id).where(OutboxMail.kind == MailKind.CLERK_CODE)
        code = db.session().scalars(wanted).one()
    assert "Code de la mairie" not in written.get("town_hall.mails").text
    page = written.get("town_hall.mails")
    forged = {"csrf_token": str(page.soup.select("[name=csrf_token]")[0]["value"])}
    written.post(f"/mairie/courriels/renvoyer?choix={code}", forged)
    with app.app_context():
        assert db.session().get_one(OutboxMail, code).state is MailState.SENT
    camille = Browser(app)
    settled = settle(app, "camille@commune.fr", "Camille Martin", "administration")
    page = give_password(camille, settled.email).fill({"Code": settled.spare[0]})
    page.submit("Valider")
    page = camille.visit("/mairie/courriels?sorte=clerk_code")
    assert any("Nadia Petit" in row for row in rows(page))


def test_the_lists_ask_the_database_little(app: Flask, written: Browser) -> None:
    for asked in ("", "?vue=inconnus"):
        written.visit(f"/mairie/courriels{asked}")
        with statements_of(app) as said:
            written.visit(f"/mairie/courriels{asked}")
        assert selects(said) <= 8, asked


def choose_all(page: Page) -> Page:
    """Choose all that the filters find."""
    return page.fill({str(page.soup.select("#tout")[0]["name"]): True})
