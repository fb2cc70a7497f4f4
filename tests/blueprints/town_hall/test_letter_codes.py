"""« Lettre avec code »: for whoever has no mailbox, where the town switches it on."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import db
from app.models import Account, EmailChange, Guardian, JournalEntry, TemporaryPassword
from app.services.accounts.throttles import FREE_FAILURES
from app.services.backups.voiding import endings
from app.settings import EXTENSION
from app.testing import Outbox
from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.letters import code_for, letter_codes
from tests.support.people import People, Person
from tests.support.screens.family_file import number_of

CODE = re.compile(r"[2-9a-z]{4}(?:-[2-9a-z]{4}){2}")
CHOSEN = "Tilleul-en-fleur-12"


@pytest.fixture
def jean(app: Flask, people: People) -> Iterator[Person]:
    """Monsieur PETIT has no mailbox, and never came; his town prints codes."""
    with app.app_context(), db.transaction() as session:
        whose = Account.identifier == people.no_address.identifier
        session.execute(update(Account).where(whose).values(password_hash=None))
    with letter_codes(app):
        yield people.no_address


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def print_letter(office: Browser, page: Page) -> TestResponse:
    """Press « Lettre avec code »."""
    if not printing.available():
        skip_or_fail("WeasyPrint cannot print here")
    [form] = page.soup.select("form[action$=lettre-avec-code]")
    return office.fetch(str(form["action"]), "POST", {"csrf_token": page.csrf_token})


def codes_in(answer: TestResponse) -> list[str]:
    """Read the codes of letters."""
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return [code for page in pages for code in CODE.findall(page.extract_text())]


def come(app: Flask, person: Person, code: str, refused: int | None = None) -> Page:
    """Type an identifiant and a code."""
    typed = {"Identifiant": person.identifier, "Mot de passe": code}
    return Browser(app).get("auth.sign_in").fill(typed).submit("Connexion", _refused=refused)


def test_a_letter_lets_a_parent_without_mailbox_in(
    app: Flask, office: Browser, jean: Person, outbox: Outbox
) -> None:
    """Typed in capitals, with blanks; once. He gives an address, to which a link goes."""
    page = office.get("town_hall.family", family_id=str(number_of(app, jean)))
    [code] = codes_in(print_letter(office, page))
    assert not CODE.search(office.visit(page.path).text)
    page = come(app, jean, code.upper().replace("-", " "))
    assert page.h1 == "Choisissez votre mot de passe"
    typed = {"Nouveau mot de passe": CHOSEN, "Confirmation mot de passe": CHOSEN}
    page = page.fill(typed | {"Votre adresse de courriel": "jean"})
    page = page.submit("Enregistrer", _refused=200)
    assert page.errors == ["Écrivez une seule adresse, comme prenom.nom@exemple.fr."]
    page = page.fill(typed | {"Votre adresse de courriel": "jean.petit@exemple.fr"})
    page = page.submit("Enregistrer")
    assert "Un courriel est parti à jean.petit@exemple.fr" in page.text
    assert outbox.latest.recipient == "jean.petit@exemple.fr"
    assert come(app, jean, CHOSEN).endpoint == "family.home"
    assert come(app, jean, code, 200).errors
    with app.app_context():
        session = db.session()
        about = select(JournalEntry.event).where(JournalEntry.acted_by == "Nadia Petit")
        assert "access_code_made" in session.scalars(about).all()
        assert session.scalars(select(EmailChange.address)).all() == ["jean.petit@exemple.fr"]


def test_where_it_is_off_there_is_no_such_letter(
    app: Flask, office: Browser, people: People, jean: Person
) -> None:
    """No button, no address; a code of before opens nothing. Nor is it for who has a mailbox."""
    code = code_for(app, jean)
    path = f"/mairie/familles/{number_of(app, people.zest)}"
    assert not office.visit(path).soup.select("form[action$=lettre-avec-code]")
    page = office.get("town_hall.family", family_id=str(number_of(app, jean)))
    with app.app_context():
        zest = db.session().scalars(select(Guardian.id).where(Guardian.last_name == "ZEST")).one()
    sent = {"csrf_token": page.csrf_token}
    forged = office.post(f"{path}/responsables/{zest}/lettre-avec-code", sent)
    assert "Cette personne a une adresse de courriel" in forged.text
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], letter_codes=False)
    page = office.visit(page.path)
    assert not page.soup.select("form[action$=lettre-avec-code]")
    with app.app_context():
        number = (
            db.session().scalars(select(Guardian.id).where(Guardian.last_name == "PETIT")).one()
        )
    office.post(f"{page.path}/responsables/{number}/lettre-avec-code", sent, status=404)
    assert come(app, jean, code, 200).errors


def test_a_code_is_as_good_as_its_last_letter_and_its_thirty_days(app: Flask, jean: Person) -> None:
    """Another letter, or a restore, makes it void; whoever guesses waits."""
    first, second = code_for(app, jean), code_for(app, jean)
    assert come(app, jean, first, 200).errors
    with time_machine.travel(datetime.now(UTC) + timedelta(days=29), tick=False):
        assert come(app, jean, second).h1 == "Choisissez votre mot de passe"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
        assert "Le code de cette lettre n’est plus valable" in come(app, jean, second, 200).text
    for _ in range(FREE_FAILURES - 1):
        come(app, jean, first, 200)
    come(app, jean, first, 429)
    assert "Attendez" in come(app, jean, second, 429).text
    with app.app_context(), db.transaction() as session:
        session.execute(endings(datetime.now(UTC))["temporary_password"])
        open_ones = select(TemporaryPassword.id).where(TemporaryPassword.used_at.is_(None))
        assert session.scalars(open_ones).all() == []


def test_letters_of_all_who_have_no_address(
    app: Flask, office: Browser, jean: Person, people: People
) -> None:
    """One page for each; not of who has a mailbox."""
    page = office.get("town_hall.families", acces="sans-adresse")
    assert "Cochez d’abord des familles" in page.submit("Lettres avec code").text
    [button] = [each for each in page.soup.select("button") if "avec code" in each.text]
    path, sent = str(button["formaction"]), {"csrf_token": page.csrf_token}
    chosen = sent | {"choix": str(number_of(app, people.newcomer))}
    told = office.visit(office.fetch(path, "POST", chosen).location).text
    assert "Aucune lettre avec code à imprimer" in told
    answer = office.fetch(path, "POST", sent | {"choix": str(number_of(app, jean))})
    [code] = codes_in(answer)
    assert come(app, jean, code).h1 == "Choisissez votre mot de passe"
