"""Heavy forms: read a few at once, one of each account, and so many bytes in a day."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.accounts.allowances import Allowance
from app.web import heavy_forms
from tests.support.browser import Browser, Page
from tests.support.people import People

PAPER = b"%PDF-1.7\n" + bytes(400_000) + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here."""
    monkeypatch.setattr("app.gates.MOST_WAITING", 0)


def send(page: Page) -> Page:
    """Send the check page of a request with a heavy file."""
    browser = page.browser
    fields = {
        str(tag["name"]): str(tag.get("value", ""))
        for tag in page.soup.select("form[enctype] input[name]")
        if tag.get("type") != "file"
    }
    data = {**fields, "step": "send", "files": (BytesIO(PAPER), "plan.pdf")}
    # As a browser does where a form names no address: to that of the page, whole.
    asked = page.response.request
    answer = browser.client.post(
        asked.path, data=data, query_string=asked.query_string.decode(), base_url=browser.base_url
    )
    assert answer.status_code == 302
    return browser.visit(answer.headers["Location"])


def about_a_bench(app: Flask, people: People) -> Page:
    """Fill in a request, up to its check page."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.request_form", kind="autre").fill({"Votre demande": "Un banc"})
    return page.submit("Continuer", _refused=200)


def test_who_comes_too_many_keeps_what_was_typed(app: Flask, people: People) -> None:
    """Another form of hers is being read: a sentence, her answers; then it leaves."""
    page = about_a_bench(app, people)
    with app.app_context():
        query = select(Account.id).where(Account.identifier == people.zest.identifier)
        account_id = db.session().scalars(query).one()
    with heavy_forms._reading.passing(account_id):
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
