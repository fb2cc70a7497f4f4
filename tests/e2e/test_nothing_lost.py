"""Back never meets an error of the browser's own, and nothing typed is lost, in a real browser."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app import db
from app.models import AccountSession
from tests.e2e.conftest import IDENTIFIER, PASSWORD
from tests.e2e.gallery import PHONE
from tests.e2e.live import DATABASE, Portal, words_of
from tests.e2e.test_journey import CHOSEN, LINK, ask_for_a_password

TEXT = "Un texte qui a pris une demi-heure, à l’aise"
# Longer than a page waits for the database.
PATIENCE_MS = 30_000
# Each form: where it stands, the field, what is typed, the button, the title of what follows.
FORMS = (
    ("/demandes/nouvelle/autre", "Votre demande", TEXT, "Continuer", "Vérifiez vos réponses"),
    ("/messages", "Votre réponse", TEXT, "Envoyer ma réponse", None),
    ("/compte/identite", "Prénom", "Jeanne", "Envoyer à la mairie", "Mon compte"),
    ("/compte/adresse", "Numéro et voie", "9 rue Neuve", "Envoyer à la mairie", "Mon compte"),
    ("/compte/telephones", "Téléphone", "04 76 00 00 09", "Envoyer à la mairie", None),
    ("/compte/courriel", "Nouvelle adresse de courriel", "z@exemple.fr", "Recevoir le lien", None),
)
on_a_phone = pytest.mark.parametrize(
    "device", [(PHONE, True), (PHONE, False)], ids=["JavaScript", "none"], indirect=True
)


@on_a_phone
def test_back_after_each_post_shows_a_page(parent: Page, live: Portal) -> None:
    """Errors, checks and what is done: each is left, and Back finds a page of the portal."""
    live.post(IDENTIFIER, "Réunion", "Venez-vous\u00a0?")
    for path, label, typed, button, title in FORMS:
        for words in ("", typed):
            open_form(parent, path)
            parent.get_by_label(label, exact=True).fill(words)
            parent.get_by_role("button", name=button).click()
            leave_and_go_back(parent)
        if title:
            expect(parent.locator("h1")).to_have_text(title)
    parent.goto("/demandes/nouvelle/autre")
    parent.get_by_label("Votre demande").fill(TEXT)
    parent.get_by_role("button", name="Continuer").click()
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réponses")
    go_back(parent)
    expect(parent.get_by_label("Votre demande")).to_have_value(TEXT)
    parent.get_by_role("button", name="Continuer").click()
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("main")).to_contain_text("Votre demande est envoyée.")
    go_back(parent)
    for path, button in (("/compte/courriels", "Enregistrer"), ("/mot-de-passe/changer", "Enreg")):
        parent.goto(path)
        with parent.expect_navigation():
            parent.get_by_role("button", name=button).click()
        go_back(parent)
    open_form(parent, "/messages")
    parent.get_by_role("button", name="Archiver ce message").click()
    expect(parent.locator("main")).to_contain_text("Message archivé.")
    go_back(parent)


@on_a_phone
def test_back_after_a_wrong_password_shows_a_page(window: Page, live: Portal) -> None:
    """And what was typed, but for the password."""
    window.goto("/connexion")
    window.get_by_label("Identifiant").fill(IDENTIFIER)
    window.get_by_label("Mot de passe", exact=True).fill("Faux12345")
    window.get_by_role("button", name="Connexion").click()
    expect(window.locator(".error-summary")).to_contain_text("incorrect")
    window.get_by_role("link", name="Voir le guide pas à pas").click()
    expect(window).to_have_url(re.compile("/guide"))
    go_back(window)
    expect(window.get_by_label("Identifiant")).to_have_value(IDENTIFIER)
    window.get_by_label("Identifiant").fill("")
    window.get_by_role("button", name="Mot de passe oublié").click()
    expect(window.locator(".error-summary")).to_contain_text("Saisissez votre identifiant")
    go_back(window)
    expect(window.locator("h1")).to_have_text("Accès famille")


@on_a_phone
def test_a_session_ended_on_each_form_loses_no_character(parent: Page, live: Portal) -> None:
    """The sign-in page says what was kept, and leads back to the form, filled."""
    live.post(IDENTIFIER, "Réunion", "Venez-vous\u00a0?")
    for path, label, typed, button, _ in FORMS:
        open_form(parent, path)
        parent.get_by_label(label, exact=True).fill(typed)
        end_sessions(live)
        parent.get_by_role("button", name=button).click()
        expect(parent.locator("main")).to_contain_text("Votre texte est gardé")
        parent.get_by_label("Identifiant").fill(IDENTIFIER)
        parent.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        parent.get_by_role("button", name="Connexion").click()
        expect(parent.get_by_label(label, exact=True)).to_have_value(typed)
    assert live.keeps(PASSWORD) == []


@on_a_phone
def test_a_busy_database_loses_no_text(parent: Page, live: Portal) -> None:
    """Somebody writes for too long: the form is there again, filled, and Back shows pages."""
    live.post(IDENTIFIER, "Réunion", "Venez-vous\u00a0?")
    open_form(parent, "/messages")
    answer = parent.get_by_label("Votre réponse")
    answer.fill(TEXT)
    with closing(sqlite3.connect(live.instance / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        parent.get_by_role("button", name="Envoyer ma réponse").click()
        told = parent.locator("main")
        expect(told).to_contain_text("Rien n’est envoyé", timeout=PATIENCE_MS)
    expect(answer).to_have_value(TEXT)
    leave_and_go_back(parent)
    expect(answer).to_have_value(TEXT)
    parent.get_by_role("button", name="Envoyer ma réponse").click()
    expect(parent.locator("main")).to_contain_text("Votre réponse est envoyée à la mairie.")


@on_a_phone
def test_seven_wrong_passwords_then_a_reset_end_on_home(window: Page, live: Portal) -> None:
    """As the page advises: the password that was just chosen is not made to wait."""
    window.goto("/connexion")
    for _ in range(7):
        window.get_by_label("Identifiant").fill(IDENTIFIER)
        window.get_by_label("Mot de passe", exact=True).fill("Faux12345")
        window.get_by_role("button", name="Connexion").click()
        expect(window).to_have_title(re.compile("^Erreur"))
    expect(window.locator("h2").first).to_have_text("Connexion impossible pour le moment")
    window.goto(words_of(ask_for_a_password(window, live), LINK))
    window.get_by_label("Nouveau mot de passe", exact=True).fill(CHOSEN)
    window.get_by_label("Confirmation mot de passe", exact=True).fill(CHOSEN)
    window.get_by_role("button", name="Enregistrer").click()
    window.get_by_label("Mot de passe", exact=True).fill(CHOSEN)
    window.get_by_role("button", name="Connexion").click()
    expect(window.locator("h1")).to_have_text("Bienvenue sur le portail famille")


def open_form(page: Page, path: str) -> None:
    """Open the page of a form; a message is chosen in the inbox."""
    page.goto(path)
    if path == "/messages":
        page.get_by_role("link", name="Réunion", exact=True).click()


def leave_and_go_back(page: Page) -> None:
    """Go to another page, and come back once it is there: Back has no page to leave before."""
    page.locator("footer").get_by_role("link", name="Plan du site").click()
    expect(page.locator("h1")).to_have_text("Plan du site")
    go_back(page)


def go_back(page: Page) -> None:
    """Press Back: a page of the portal comes, never one of the browser's own."""
    page.go_back()
    expect(page).not_to_have_url(re.compile("^chrome-error:"))
    expect(page.locator("h1")).to_be_visible()


def end_sessions(live: Portal) -> None:
    """Half an hour without a page."""
    with live.town_hall.app_context(), db.transaction() as session:
        ended = datetime.now(UTC) - timedelta(minutes=31)
        session.execute(update(AccountSession).values(last_seen_at=ended))
