"""Somebody of the town hall who answers families, and what they ask; or who imports."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import FamilyRequest, RequestState
from app.testing import Outbox
from tests.services.importing.town import Town
from tests.services.importing.town import settle as settle_town
from tests.services.requests.conftest import send, signed_in
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.people import People

NADIA = ("nadia@commune.fr", "Nadia Petit")


def come(app: Flask, email: str, name: str, *roles: str) -> Browser:
    """Somebody of the town hall signs in."""
    browser = Browser(app)
    sign_in_by_mail(browser, settle(app, email, name, *roles, by_mail=True), Outbox(app))
    return browser


@pytest.fixture
def nadia(app: Flask, people: People) -> Browser:
    """She answers families."""
    return come(app, *NADIA, "secretariat")


def ask(app: Flask, people: People, kind: str = "other", key: str = "a", **asked: Any) -> int:
    """Madame ZEST sends a request; return its number."""
    with app.app_context():
        return send(signed_in(people.zest), kind, key * 32, **asked).number


def opened(browser: Browser, number: int) -> Page:
    """Open the page of a request."""
    return browser.get("town_hall.request", number=str(number))


def state(app: Flask, number: int) -> RequestState:
    """Read where a request stands."""
    with app.app_context():
        wanted = select(FamilyRequest.state).where(FamilyRequest.id == number)
        return db.session().scalars(wanted).one()


@pytest.fixture
def town(app: Flask, tmp_path: Path) -> Town:
    """The small town is in the portal; its files are those of this month, to be changed."""
    settle_town(app, tmp_path / "files")
    return Town()


@pytest.fixture
def office(app: Flask, town: Town) -> Browser:
    """Nadia, of the town hall's office, is signed in."""
    return come(app, *NADIA, "secretariat")
