"""An error that answers a form: its status for programs, the form again for people."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.services.accounts import sessions
from app.services.inbox import answering, marking
from app.web import failed_posts
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id

TEXT = "Un texte qui a pris une demi-heure, à l’aise"
LONG_TEXT = "é" * 3_000
MESSAGE = f"/messages/{public_id('m1')}"
AT_ONCE = "0; url="


def broken(*_arguments: Any, **_named: Any) -> None:
    raise RuntimeError("boom")


def away(*_arguments: Any, **_named: Any) -> None:
    raise OperationalError("SELECT 1", {}, Exception("boom"))


@pytest.fixture
def parent(app: Flask, people: People) -> Browser:
    """Somebody who writes to the town hall."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = Browser(app)
    visitor.sign_in(people.zest)
    return visitor


def send(parent: Browser, text: str) -> TestResponse:
    """Write an answer under the message, and press the button."""
    page = parent.visit(MESSAGE)
    sent = {"csrf_token": page.csrf_token, "key": "0" * 32, "reply": text}
    return parent.fetch(f"{MESSAGE}/repondre", "POST", sent)


def led_to(parent: Browser, answer: TestResponse) -> Page:
    """Go where a browser goes at once."""
    assert answer.headers["Refresh"].startswith(AT_ONCE)
    return parent.visit(answer.headers["Refresh"].removeprefix(AT_ONCE))


def test_a_fault_of_ours_gives_the_text_back(
    parent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its length; the reference is that of the error, and reloading says it no more."""
    monkeypatch.setattr(answering, "answer", broken)
    for text in (TEXT, LONG_TEXT):
        answer = send(parent, text)
        assert answer.status_code == 500
        page = led_to(parent, answer)
        assert page.value("Votre réponse").strip() == text
        reference = answer.text.partition("cette référence")[2].partition("<strong>")[2][:6]
        assert failed_posts.FAILED.format(reference).replace("\u00a0", " ") in page.text
        assert "problème" not in parent.visit(MESSAGE).text


def test_a_database_that_is_away_takes_no_text_with_it(
    parent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can even say who is there; the text waits in the cookie until it is back."""
    page = parent.visit(MESSAGE)
    sent = {"csrf_token": page.csrf_token, "key": "0" * 32, "reply": TEXT}
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "find", away)
        answer = parent.fetch(f"{MESSAGE}/repondre", "POST", sent)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        parent.visit(answer.headers["Refresh"].removeprefix(AT_ONCE), 503)
    page = led_to(parent, answer)
    assert failed_posts.UNAVAILABLE.replace("\u00a0", " ") in page.text
    assert page.value("Votre réponse").strip() == TEXT
    page = page.submit("Envoyer ma réponse")
    assert page.value("Votre réponse").strip() == ""


def test_what_cannot_be_kept_can_be_sent_again(
    parent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too long for a cookie, and no database: the error stays, and reloading it sends it again."""
    page = parent.visit(MESSAGE)
    sent = {"csrf_token": page.csrf_token, "key": "0" * 32, "reply": LONG_TEXT}
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "find", away)
        answer = parent.fetch(f"{MESSAGE}/repondre", "POST", sent)
    assert answer.status_code == 503
    assert "Refresh" not in answer.headers
    parent.get("family.home")


def test_nobody_else_sees_what_the_cookie_keeps(
    app: Flask, parent: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the other family that has the message, nor who signs in there next."""
    page = parent.visit(MESSAGE)
    sent = {"csrf_token": page.csrf_token, "key": "0" * 32, "reply": TEXT}
    with monkeypatch.context() as patch:
        patch.setattr(answering, "answer", away)
        assert parent.fetch(f"{MESSAGE}/repondre", "POST", sent).status_code == 503
    cookie = parent.session_cookie
    other = Browser(app)
    other.sign_in(people.karim)
    assert other.visit(MESSAGE).value("Votre réponse").strip() == ""
    assert len(cookie) < 4_000
    parent.get("family.home").submit("Déconnexion")
    parent.sign_in(people.zest)
    assert parent.visit(MESSAGE).value("Votre réponse").strip() == ""


def test_a_button_that_fails_leaves_the_draft_beside_it(
    parent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "answer", away)
    send(parent, TEXT)
    monkeypatch.setattr(marking, "archive", broken)
    page = parent.visit(MESSAGE)
    answer = parent.fetch(f"{MESSAGE}/archiver", "POST", {"csrf_token": page.csrf_token})
    assert led_to(parent, answer).value("Votre réponse").strip() == TEXT


def test_too_much_leads_back_to_the_form(parent: Browser) -> None:
    answer = parent.fetch("/compte/adresse", "POST", {"street": "x" * 1_000_000})
    assert answer.status_code == 413
    assert failed_posts.TOO_LARGE.replace("\u00a0", " ") in led_to(parent, answer).text


def test_what_is_gone_leads_to_its_page(parent: Browser) -> None:
    """It says so itself, by a GET; the next page says no more of it."""
    sent = {"csrf_token": parent.visit(MESSAGE).csrf_token, "key": "0" * 32, "reply": TEXT}
    answer = parent.fetch("/messages/0123456789abcdef/repondre", "POST", sent)
    assert answer.status_code == 404
    parent.visit(answer.headers["Refresh"].removeprefix(AT_ONCE), 404)
    assert parent.get("family.home").soup.select(".notice") == []
