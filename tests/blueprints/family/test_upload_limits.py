"""Heavy forms: read a few at once, one of each account, and so many bytes in a day."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.accounts.allowances import Allowance
from app.services.accounts.drafts import Owner
from app.settings import in_this_town
from app.web import heavy_forms
from tests.blueprints.family.heavy_request import about_a_bench, send
from tests.support.people import People


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here."""
    monkeypatch.setattr("app.gates.MOST_WAITING", 0)


def test_who_comes_too_many_keeps_what_was_typed(app: Flask, people: People) -> None:
    """Another form of hers is being read: a sentence, her answers; then it leaves."""
    page = about_a_bench(app, people)
    with app.app_context():
        query = select(Account.id).where(Account.identifier == people.zest.identifier)
        sender = in_this_town(Owner(db.session().scalars(query).one()))
    with heavy_forms._reading.passing(sender):
        page = send(page)
        assert page.errors == [heavy_forms.CROWDED.replace("\u00a0", " ")]
        assert "Un banc" in page.text
    assert "Votre demande est envoyée." in send(page).text


def test_so_many_bytes_a_day(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 KB are fine, 800 are too many; what was typed is kept."""
    monkeypatch.setattr(Allowance.UPLOADS, "most", 500)
    assert "Votre demande est envoyée." in send(about_a_bench(app, people)).text
    page = send(about_a_bench(app, people))
    assert page.errors == [Allowance.UPLOADS.words]
    assert "Un banc" in page.text
