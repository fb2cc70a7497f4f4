"""A parent is on the telephone: an address, an access, a wait, a device, a letter."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app import db
from app.models import Account, Guardian, JournalEntry, MailState, OutboxMail
from app.services.accounts import signing_in
from app.services.accounts.address_correction import NOT_AN_ADDRESS
from app.services.accounts.helping import JUST_SENT, TO_VERIFY
from app.services.actors import Origin
from app.testing import Outbox
from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.page_checks.text import plain
from tests.support.people import People, Person
from tests.support.screens.family_file import number_of

VERIFIED = "J’ai vérifié qui appelle (rappel au numéro du dossier, ou pièce d’identité)"
SEND = "Enregistrer et envoyer l’accès"


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in; the cast is in the portal."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def open_file(office: Browser, app: Flask, person: Person) -> Page:
    """Open the file of somebody's family."""
    return office.get("town_hall.family", family_id=str(number_of(app, person)))


def acts(app: Flask, person: Person) -> list[str]:
    """List what the town hall did about somebody's access."""
    with app.app_context():
        about = (
            select(JournalEntry.event)
            .join(Account, Account.id == JournalEntry.account_id)
            .where(Account.identifier == person.identifier, JournalEntry.acted_by == "Nadia Petit")
            .order_by(JournalEntry.id)
        )
        return list(db.session().scalars(about))


@pytest.mark.both_databases
def test_an_address_is_typed_and_the_access_leaves(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Who never came: two clicks from the file, nothing to be checked."""
    page = open_file(office, app, people.newcomer)
    assert VERIFIED not in page.text
    page = page.fill({"Adresse de courriel": "lina@exemple.org"}).submit(SEND)
    assert "Envoyé à lina@exemple.org. Dites-lui de regarder aussi dans Indésirables." in page.text
    assert "Corrigée par Nadia Petit le" in page.text
    assert outbox.latest.recipient == "lina@exemple.org"
    assert "un mot de passe temporaire" in outbox.latest.text
    assert "Invitée le" in page.text
    assert acts(app, people.newcomer) == ["email_corrected", "access_sent"]
    page = page.submit(SEND)
    assert JUST_SENT in page.text


def test_whoever_has_an_access_is_called_back_first(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Without the tick nothing changes; with it, the old mailbox is warned and devices end."""
    hers = Browser(app)
    hers.sign_in(people.zest)
    page = open_file(office, app, people.zest)
    page = page.fill({"Adresse de courriel": "autre@exemple.org"}).submit(SEND, _refused=200)
    assert page.errors == [plain(TO_VERIFY)]
    assert hers.get("family.home").h1 != "Connexion"
    page = page.fill({VERIFIED: True}).submit(SEND)
    assert page.h1 == "Famille ZEST, n° 3816231"
    assert "L’ancienne est prévenue" in page.text
    assert [mail.recipient for mail in outbox][-2:] == [people.zest.email, "autre@exemple.org"]
    hers.get("family.home", _lands_on="auth.sign_in")


def test_what_is_no_address_is_said_and_kept(app: Flask, office: Browser, people: People) -> None:
    page = open_file(office, app, people.newcomer).fill({"Adresse de courriel": "lina@"})
    page = page.submit(SEND, _refused=200)
    assert page.errors == [plain(NOT_AN_ADDRESS.format("lina@"))]
    assert page.soup.select_one("input[name=email]")["value"] == "lina@"  # type: ignore[index]


def test_an_address_of_two_people_is_told(app: Flask, office: Browser, people: People) -> None:
    page = open_file(office, app, people.newcomer)
    page = page.fill({"Adresse de courriel": people.moreau.email}).submit("Enregistrer")
    assert "C’est aussi l’adresse de : Paul MOREAU." in page.text
    page = page.submit("Enregistrer", _refused=200)
    assert "C’est déjà l’adresse de Lina ROUX." in page.errors


def test_an_access_is_sent_again_whatever_strangers_asked(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Six mails today, one of them a minute ago: the town hall's leaves all the same."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        for each in range(6):
            session.add(
                OutboxMail(
                    kind="credentials",
                    identifier=people.moreau.identifier,
                    state=MailState.SENT,
                    created_at=now - timedelta(minutes=each + 1),
                    due_at=now,
                    settled_at=now - timedelta(minutes=each + 1),
                )
            )
    page = open_file(office, app, people.moreau).submit("Envoyer l’accès à Paul MOREAU")
    assert f"Envoyé à {people.moreau.email}." in page.text
    assert outbox.latest.recipient == people.moreau.email
    assert JUST_SENT in page.submit("Envoyer l’accès à Paul MOREAU").text
    assert acts(app, people.moreau) == ["access_sent"]


def test_a_wait_is_lifted(app: Flask, office: Browser, people: People) -> None:
    with app.app_context():
        for _ in range(6):
            signing_in.sign_in(people.zest.identifier, "Faux12345", Origin("192.0.2.9"))
    page = open_file(office, app, people.zest).submit("Lever l’attente de PAYS ZEST")
    assert "L’attente est levée" in page.text
    assert "Actif" in page.text
    assert Browser(app, address="192.0.2.9").sign_in(people.zest).h1 != "Connexion"


def test_devices_are_signed_out(app: Flask, office: Browser, people: People) -> None:
    hers = Browser(app)
    hers.sign_in(people.zest)
    open_file(office, app, people.zest).submit("Déconnecter ses appareils de PAYS ZEST")
    hers.get("family.home", _lands_on="auth.sign_in")
    assert acts(app, people.zest) == ["devices_signed_out"]


def test_an_access_is_closed_and_opened_again(app: Flask, office: Browser, people: People) -> None:
    """At once; the password that they had is theirs again."""
    page = open_file(office, app, people.zest).submit("Fermer l’accès de PAYS ZEST")
    assert "Accès fermé le" in page.text
    wrong = (
        Browser(app)
        .get("auth.sign_in")
        .fill({"Identifiant": people.zest.identifier, "Mot de passe": people.zest.password or ""})
    )
    assert wrong.submit("Connexion", _refused=200).errors
    page = page.submit("Rouvrir l’accès de PAYS ZEST")
    assert "Actif" in page.text
    assert Browser(app).sign_in(people.zest).h1 != "Connexion"
    assert acts(app, people.zest) == ["access_closed", "access_reopened"]


def test_a_family_that_left_comes_back(app: Flask, office: Browser, people: People) -> None:
    page = open_file(office, app, people.archived).submit("Rouvrir l’accès d’Odile BERNARD")
    assert "Partie le" not in page.text
    assert Browser(app).sign_in(people.archived).h1 != "Connexion"


def test_a_mail_leaves_again(app: Flask, office: Browser, people: People, outbox: Outbox) -> None:
    """One that was refused; of another family's nothing is known here."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        refused = OutboxMail(
            kind="new_invoice",
            identifier=people.ines.identifier,
            state=MailState.REFUSED,
            created_at=now - timedelta(hours=1),
            due_at=now,
            settled_at=now,
        )
        session.add(refused)
        session.flush()
        number = refused.id
    page = open_file(office, app, people.zest)
    elsewhere = f"/mairie/familles/{number_of(app, people.zest)}/courriels/{number}"
    office.post(elsewhere, {"csrf_token": page.csrf_token})
    before = len(outbox)
    page = open_file(office, app, people.ines)
    assert "Refusé" in page.text
    page = page.submit("Renvoyer nouvelle facture, à Inès GARNIER")
    assert (len(outbox), outbox.latest.recipient) == (before + 1, people.ines.email)
    assert "Parti" in page.text
    with app.app_context(), db.transaction() as session:
        session.get_one(OutboxMail, number).state = MailState.WITHDRAWN
    page = open_file(office, app, people.ines)
    assert "Renvoyer nouvelle facture" not in page.text


def test_a_letter_gives_the_identifiant(app: Flask, office: Browser, people: People) -> None:
    """One page, without any password."""
    if not printing.available():
        skip_or_fail("WeasyPrint cannot print here")
    page = open_file(office, app, people.no_address)
    [link] = page.soup.select("a[href$=lettre]")
    answer = office.fetch(str(link["href"]))
    assert answer.mimetype == "application/pdf"
    [paper] = PdfReader(io.BytesIO(answer.data)).pages
    assert people.no_address.identifier in paper.extract_text()
    assert acts(app, people.no_address) == ["access_letter_made"]


def test_who_only_reads_has_no_button(app: Flask, people: People, outbox: Outbox) -> None:
    """Nor by a forged form."""
    alex = settle(app, "alex@commune.fr", "Alex Rey", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, alex, outbox)
    page = open_file(hers, app, people.zest)
    words = [button.text.strip() for button in page.soup.select("main button")]
    assert words == []
    with app.app_context():
        wanted = select(Guardian.id).where(Guardian.last_name == "ZEST")
        guardian = db.session().scalars(wanted).one()
    path = f"{page.path}/responsables/{guardian}"
    hers.post(f"{path}/fermer", {"csrf_token": page.csrf_token}, status=403)
    hers.post(path, {"csrf_token": page.csrf_token, "email": "a@exemple.fr"}, status=403)


def test_a_guardian_of_another_family_is_nobody(
    app: Flask, office: Browser, people: People
) -> None:
    page = open_file(office, app, people.zest)
    [form] = [each["action"] for each in page.soup.select("form[action$=fermer]")]
    hers, his = number_of(app, people.zest), number_of(app, people.moreau)
    other = str(form).replace(f"familles/{hers}/", f"familles/{his}/")
    office.post(other, {"csrf_token": page.csrf_token}, status=404)
    assert acts(app, people.zest) == []
