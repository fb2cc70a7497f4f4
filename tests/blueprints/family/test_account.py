"""« Mon compte »: the parent's own address, devices and wishes about mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.blueprints.family.account import devices, email, mails
from app.services.accounts import email_changes
from app.services.accounts.current_password import WRONG_CURRENT
from app.testing import Outbox
from tests.blueprints.family.archives import download
from tests.support.browser import Browser, Page
from tests.support.people import People, Person
from tests.support.screens.account import COMPUTER, confirmation_link

NEW = "pays.zest@nouvelle.exemple.fr"


def ask(browser: Browser, person: Person, address: str = NEW, refused: int | None = None) -> Page:
    """Fill the form of a new address."""
    page = browser.get("family.change_email").fill(
        {
            "Nouvelle adresse de courriel": address,
            "Mot de passe actuel": person.password or "",
        }
    )
    return page.submit("Recevoir le lien", _refused=refused)


def test_madame_zest_changes_her_address(
    app: Flask, browser: Browser, people: People, outbox: Outbox
) -> None:
    """Asked on her phone, confirmed on another device where nobody is signed in."""
    browser.sign_in(people.zest)
    page = ask(browser, people.zest)
    assert email.SENT in page.text
    assert "En attente de confirmation" in page.text
    assert people.zest.email in page.text
    link = confirmation_link(app, NEW)
    elsewhere = Browser(app).visit(link)
    assert elsewhere.h1 == "Confirmez votre adresse"
    assert people.zest.identifier not in elsewhere.text
    assert elsewhere.submit("Confirmer cette adresse").h1 == "Adresse confirmée"
    page = browser.get("family.account")
    assert NEW in page.text
    assert "Confirmée" in page.text
    assert people.zest.email not in page.text
    assert outbox.latest.recipient == people.zest.email
    assert Browser(app).visit(link).h1 == "Adresse confirmée"


def test_her_next_temporary_password_goes_to_the_new_address(
    app: Flask, browser: Browser, people: People, outbox: Outbox
) -> None:
    """Which is why she changed it."""
    browser.sign_in(people.zest)
    ask(browser, people.zest)
    Browser(app).visit(confirmation_link(app, NEW)).submit("Confirmer cette adresse")
    stranger = Browser(app).get("auth.sign_in").fill({"Identifiant": people.zest.identifier})
    stranger.submit("Mot de passe oublié")
    assert outbox.latest.recipient == NEW
    assert outbox.latest.temporary_password
    # Named once the address is theirs, not before.
    greetings = [mail.text.splitlines()[0] for mail in outbox.to(NEW)]
    assert greetings == ["Bonjour,", "Bonjour Madame PAYS ZEST,"]


def test_her_archive_says_where_her_mails_went(
    app: Flask, browser: Browser, people: People
) -> None:
    """To both addresses, the one she leaves too; and until when her link was good."""
    browser.sign_in(people.zest)
    ask(browser, people.zest)
    data = download(app, people.zest).data
    assert {mail["adresse"] for mail in data["courriels"]} == {NEW, people.zest.email}
    [change] = data["changements_d_adresse"]
    asked, until = (
        datetime.fromisoformat(change[name]) for name in ("demande_le", "valable_jusqu_au")
    )
    assert until - asked == timedelta(hours=24)


def test_what_was_typed_is_kept_but_the_password(browser: Browser, people: People) -> None:
    """Two sentences in the summary, the address still there."""
    browser.sign_in(people.zest)
    page = ask(browser, people.zest, "pays.zest", refused=200)
    assert page.errors == [email_changes.NOT_AN_ADDRESS]
    assert page.value("Nouvelle adresse de courriel") == "pays.zest"
    page = page.fill({"Nouvelle adresse de courriel": NEW, "Mot de passe actuel": "Faux2026"})
    page = page.submit("Recevoir le lien", _refused=200)
    assert page.errors == [WRONG_CURRENT.replace("\u00a0", " ")]
    assert page.value("Nouvelle adresse de courriel") == NEW


def test_a_change_of_mind(app: Flask, browser: Browser, people: People, outbox: Outbox) -> None:
    """« Renvoyer » after two minutes, then « Annuler »: the link says that it is over."""
    browser.sign_in(people.zest)
    ask(browser, people.zest)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=False):
        page = browser.get("family.account").submit("Renvoyer le courriel de confirmation")
        assert email.SENT_AGAIN in page.text
        assert len(outbox.to(NEW)) == 2
        page = page.submit("Annuler le changement d’adresse")
        assert email.CANCELLED in page.text
        assert NEW not in page.text
        link = browser.visit(confirmation_link(app, NEW))
    assert link.h1 == "Ce lien ne fonctionne plus"
    assert "annulé" in link.text


def test_a_link_left_in_the_mailbox(app: Flask, browser: Browser, people: People) -> None:
    """The day after tomorrow it says when it ended, and how to begin again."""
    browser.sign_in(people.zest)
    ask(browser, people.zest)
    link = confirmation_link(app, NEW)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False):
        page = Browser(app).visit(link)
    assert page.h1 == "Ce lien ne fonctionne plus"
    assert "il a expiré le" in page.text
    assert page.link("Demander un nouveau lien").href == "/compte/courriel"


def test_looking_at_the_link_and_a_stale_button_change_nothing(
    app: Flask, browser: Browser, people: People
) -> None:
    """HEAD, GET, and a POST without a token."""
    browser.sign_in(people.zest)
    ask(browser, people.zest)
    link = confirmation_link(app, NEW)
    stranger = Browser(app)
    for method in ("HEAD", "GET"):
        assert stranger.fetch(link, method).status_code == 200
    assert stranger.post(link, {"csrf_token": "old"}).errors
    assert stranger.visit(link).h1 == "Confirmez votre adresse"


def test_nobody_else_cancels_or_resends(app: Flask, people: People, outbox: Outbox) -> None:
    """Each acts on their own account, even in one family."""
    ines, karim = Browser(app), Browser(app)
    ines.sign_in(people.ines)
    ask(ines, people.ines)
    token = karim.sign_in(people.karim).csrf_token
    for endpoint in ("family.cancel_email", "family.resend_email"):
        karim.fetch(karim.address(endpoint), "POST", {"csrf_token": token})
    assert "En attente" in ines.get("family.account").text
    assert "En attente" not in karim.get("family.account").text
    assert len(outbox.to(NEW)) == 1


@pytest.mark.both_databases
def test_a_device_is_signed_out_from_another(app: Flask, people: People) -> None:
    """She sees the computer of the library, and closes it from her phone."""
    phone, computer = Browser(app), Browser(app, user_agent=COMPUTER)
    computer.sign_in(people.zest)
    phone.sign_in(people.zest)
    page = phone.get("family.account")
    assert "Firefox sur un téléphone Android Cet appareil" in page.text
    assert "2 appareils" in page.text
    assert re.search(r"Connecté (cette|cet|ce|hier) .*à \d+ h \d\d, vu à", page.text)
    [button] = page.soup.select("#appareils ~ ul button")
    page = page.submit(" ".join(button.get_text().split()))
    assert devices.ENDED in page.text
    assert "1 appareil." in page.text
    computer.get("family.home", _lands_on="auth.sign_in")
    phone.get("family.home")


@pytest.mark.both_databases
def test_all_other_devices_are_signed_out(app: Flask, people: People) -> None:
    """Hers only: Karim stays where he is."""
    phone, computer, karim = Browser(app), Browser(app, user_agent=COMPUTER), Browser(app)
    computer.sign_in(people.ines)
    karim.sign_in(people.karim)
    phone.sign_in(people.ines)
    Browser(app, user_agent=COMPUTER).sign_in(people.ines)
    page = phone.get("family.account")
    assert "(n° 2)" in page.text
    page = page.submit("Déconnecter tous les autres appareils")
    assert devices.OTHERS_ENDED in page.text
    computer.get("family.home", _lands_on="auth.sign_in")
    karim.get("family.home")


def test_a_device_of_somebody_else_does_not_exist(app: Flask, people: People) -> None:
    """Not even the other guardian's; twice the same button is harmless."""
    ines, karim = Browser(app), Browser(app)
    Browser(app, user_agent=COMPUTER).sign_in(people.ines)
    ines.sign_in(people.ines)
    page = ines.get("family.account")
    [form] = [form for form in page.soup.select("form") if "/deconnecter" in str(form["action"])
              and "autres" not in str(form["action"])]  # fmt: skip
    path = str(form["action"])
    token = karim.sign_in(people.karim).csrf_token
    assert karim.fetch(path, "POST", {"csrf_token": token}).status_code == 404
    missing = karim.address("family.end_device", public_id="0" * 16)
    assert karim.fetch(missing, "POST", {"csrf_token": token}).status_code == 404
    for _ in range(2):
        answer = ines.fetch(path, "POST", {"csrf_token": page.csrf_token})
        assert answer.status_code == 302


@pytest.mark.both_databases
@pytest.mark.parametrize("wanted", [True, False])
def test_the_mails_one_wants(browser: Browser, people: People, wanted: bool) -> None:
    """Four ticks, on at first; the page says what was kept."""
    browser.sign_in(people.zest)
    page = browser.get("family.choose_mails")
    labels = [
        "Un nouveau message de la mairie",
        "Une nouvelle facture",
        "Une réponse à une demande, une réservation",
        "Une semaine qui n’est pas encore réservée, avant sa limite",
    ]
    page = page.fill(dict.fromkeys(labels, wanted)).submit("Enregistrer")
    assert mails.SAVED in page.text
    shown = "Oui" if wanted else "Non"
    assert f"Messages {shown} Factures {shown} Demandes {shown}" in page.text
    ticked = browser.get("family.choose_mails").soup.select("input[type=checkbox][checked]")
    assert len(ticked) == (4 if wanted else 0)
