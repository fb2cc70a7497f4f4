"""Every POST leads to a page, which Back and a reload show again."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from zlib import decompress

import pytest
import time_machine
from flask import Flask

from app.services.accounts.throttles import FREE_FAILURES
from app.services.inbox import answering, marking
from app.services.refusals import Reason, Refusal
from app.web import forms
from app.web.drafts import PAGE
from tests.support.browser import Browser
from tests.support.people import People, public_id
from tests.test_architecture import rules, sample_path

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
TEXT = "Un texte qui a pris\nune demi-heure, à l’aise"


def test_every_post_leads_to_a_page(app: Flask, people: People) -> None:
    """No page answers a POST: the browser would ask to send it again on Back."""
    parent, stranger = Browser(app), Browser(app)
    parent.sign_in(people.zest)
    for rule in rules(app):
        if "POST" in (rule.methods or ()):
            for visitor, token in ((stranger, ""), (parent, ""), (parent, _token(parent, people))):
                answer = visitor.fetch(sample_path(app, rule), "POST", {"csrf_token": token})
                # What does not exist, or is downloaded, is no page of a form.
                assert answer.status_code in {302, 404} or answer.mimetype != "text/html", rule


def _token(parent: Browser, people: People) -> str:
    page = parent.visit("/accueil")
    return (page if page.endpoint == "family.home" else parent.sign_in(people.zest)).csrf_token


def test_every_post_says_on_which_page_its_form_stands(app: Flask) -> None:
    """Where whoever is not let in, or has a form left open too long, is led back to."""
    pages = {rule.endpoint for rule in rules(app) if "GET" in (rule.methods or ())}
    for rule in rules(app):
        if "POST" in (rule.methods or ()) and rule.endpoint not in pages:
            page = getattr(app.view_functions[rule.endpoint], PAGE, None)
            assert page in pages, f"{rule} does not say so"


def test_back_and_reload_show_the_same_again(app: Flask, people: People) -> None:
    """The page of a wrong form, and the one that checks, are pages like others."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.request_form", kind="autre").submit("Continuer", _refused=200)
    for _ in range(2):
        page = parent.visit(f"{page.path}?etape=correction")
        assert page.errors == ["Écrivez votre demande."]
        assert page.title.startswith("Erreur : ")
    page = page.fill({"Votre demande": TEXT}).submit("Continuer", _refused=200)
    for _ in range(2):
        page = parent.visit(f"{page.path}?etape=verification")
        assert page.h1 == "Vérifiez vos réponses"
    back = parent.visit(page.path)
    assert back.value("Votre demande").strip().replace("\r\n", "\n") == TEXT
    assert not back.errors
    page.submit("Envoyer ma demande")
    page = parent.visit(f"{page.path}?etape=verification")
    assert page.value("Votre demande").strip() == ""


def test_a_throttled_page_says_when(app: Flask, people: People) -> None:
    """429 and Retry-After on the page; once the wait is over it is an ordinary one."""
    stranger = Browser(app)
    with time_machine.travel(NOW, tick=False):
        page = stranger.get("auth.sign_in")
        typed = {"Identifiant": people.zest.identifier, "Mot de passe": "Faux12345"}
        for _ in range(FREE_FAILURES):
            page = page.fill(typed).submit("Connexion", _refused=200)
        page = page.fill(typed).submit("Connexion", _refused=429)
        assert page.soup.select_one(".error-summary h2").get_text().strip() == (  # type: ignore[union-attr]
            "Connexion impossible pour le moment"
        )
    with time_machine.travel(NOW + timedelta(seconds=31), tick=False):
        page = stranger.visit("/connexion?etape=correction")
        assert page.errors == []
        assert page.value("Identifiant") == people.zest.identifier


def test_a_browser_without_cookies_is_told_so(app: Flask, people: People) -> None:
    """A sentence that names cookies; with them, a page that was left open is one."""
    stranger = Browser(app)
    page = stranger.get("auth.sign_in").fill(
        {"Identifiant": people.zest.identifier, "Mot de passe": "Soleil2018"}
    )
    stranger.client.delete_cookie(app.config["SESSION_COOKIE_NAME"], domain="localhost")
    page = page.submit("Connexion", _refused=200)
    assert page.errors == [forms.STALE_PAGE]
    stranger = Browser(app)
    stranger.client = app.test_client(use_cookies=False)
    page = stranger.get("auth.sign_in").fill({"Identifiant": people.zest.identifier})
    for button in ("Connexion", "Mot de passe oublié"):
        assert page.submit(button, _refused=200).errors == [forms.NO_COOKIES]


def test_the_cookie_of_a_stranger_is_not_readable(app: Flask, people: People) -> None:
    """What they typed waits there for ten minutes, sealed."""
    stranger = Browser(app)
    with time_machine.travel(NOW, tick=False):
        page = stranger.get("auth.sign_in").fill({"Identifiant": "karim@exemple.fr"})
        page.submit("Connexion", _refused=200)
        cookie = stranger.session_cookie
        packed = urlsafe_b64decode(cookie.lstrip(".").split(".")[0] + "==")
        words = decompress(packed) if cookie.startswith(".") else packed
        assert b"karim" not in words
        assert "correct" not in words.decode()
        assert stranger.get("auth.sign_in").value("Identifiant") == "karim@exemple.fr"
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert stranger.get("auth.sign_in").value("Identifiant") == ""


def test_what_is_too_much_for_a_day_loses_nothing(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said on the page of the form, which comes back filled; a button says it on its page."""

    def refuse(*_arguments: object) -> bool:
        raise Refusal(Reason.TOO_MANY, "Réessayez demain.")

    monkeypatch.setattr(answering, "answer", refuse)
    monkeypatch.setattr(marking, "archive", refuse)
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.visit(f"/messages/{public_id('m1')}").fill({"Votre réponse": TEXT})
    page = page.submit("Envoyer ma réponse", _refused=200)
    assert page.errors == ["Réessayez demain."]
    assert page.value("Votre réponse").strip().replace("\r\n", "\n") == TEXT
    page = page.submit("Archiver ce message")
    assert page.path == f"/messages/{public_id('m1')}"
    assert "Réessayez demain." in page.text
