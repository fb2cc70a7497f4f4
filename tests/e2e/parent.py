"""A parent of the demonstration town, signed in on any device, with or without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import update

import config
from app import create_app, db
from app.models import Account
from app.services.passwords import hash_password
from tests.e2e.live import Portal

PASSWORD = "Tramontane66"
PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1280, height=800)
EVERYWHERE = [
    pytest.param((PHONE, True), id="phone"),
    pytest.param((PHONE, False), id="phone without JavaScript"),
    pytest.param((DESK, True), id="desk"),
    pytest.param((DESK, False), id="desk without JavaScript"),
]


@contextmanager
def at_home(
    chromium: Chromium, live: Portal, identifier: str, device: tuple[ViewportSize, bool]
) -> Iterator[Page]:
    """Open the portal as somebody who chose a password; nobody else is asked for anything."""
    choose_password(live, identifier)
    size, scripts = device
    context = chromium.new_context(
        viewport=size, java_script_enabled=scripts, base_url=live.url, locale="fr-FR"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    sign_in(page, identifier)
    yield page
    strangers = [url for url in asked if not url.startswith(live.url)]
    context.close()
    assert strangers == []


def choose_password(live: Portal, identifier: str) -> None:
    """Give somebody a password without going through the mailbox."""
    database = f"sqlite:///{live.instance / 'portail.db'}"
    app = create_app(config.Test(instance=live.instance, database_url=database))
    with app.app_context(), db.transaction() as session:
        known = update(Account).where(Account.identifier == identifier)
        session.execute(known.values(password_hash=hash_password(PASSWORD)))
    app.extensions[db.EXTENSION].dispose()


def sign_in(page: Page, identifier: str, password: str = PASSWORD) -> None:
    """Get to the home page."""
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(identifier)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Connexion").click()
    expect(page.locator("h1")).to_have_text("Bienvenue sur le portail famille")
