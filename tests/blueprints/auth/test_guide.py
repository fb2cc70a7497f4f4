"""The guide shows the real screens, to anybody, and on paper."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from app import db
from app.blueprints.auth import guide_pages as view
from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.browser import Browser
from tests.support.services import open_services


@pytest.fixture(autouse=True)
def new_guide() -> None:
    """Each test draws its own."""
    view._screens.cache_clear()
    view._pdf.cache_clear()


def test_a_parent_finds_the_whole_way_in(browser: Browser) -> None:
    page = browser.get("auth.guide")
    for words in (
        "Première connexion", "Mot de passe oublié", "« Mot de passe oublié »",
        "Indésirables", "Spam", "Promotions", "24 heures", "04 76 00 00 00",
        "Envoi de vos identifiants de connexion", browser.base_url,
        "Accès famille", "Courriel envoyé", "Choisissez votre mot de passe",
        "Bienvenue PAYS ZEST, vous avez 2 nouveaux messages",
        "Mot de passe enregistré. Connectez-vous avec votre nouveau mot de passe.",
        "Vous avez perdu vos identifiants de connexion.",
    ):  # fmt: skip
        assert words in page.text, words
    assert "Set-Cookie" not in page.response.headers


def test_the_screens_of_the_guide_are_the_real_ones(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label changes on the real screen: the guide says so without anybody's care."""
    template = Path(app.root_path) / "templates" / "auth" / "sign_in.html"
    changed = template.read_text("utf-8").replace('submit("Connexion")', 'submit("Entrer")')
    assert changed != template.read_text("utf-8")
    loader = app.jinja_env.loader
    assert loader is not None
    monkeypatch.setattr(app.jinja_env, "loader", _Changed(loader, "auth/sign_in.html", changed))
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    pictures = browser.get("auth.guide").soup.select(".facsimile")
    assert "Entrer" in pictures[0].get_text()


class _Changed:
    """The templates, one of them as somebody has just rewritten it."""

    def __init__(self, others: object, name: str, source: str) -> None:
        self._others, self._name, self._source = others, name, source

    def __getattr__(self, name: str) -> object:
        return getattr(self._others, name)

    def load(self, environment: object, name: str, globals_: object = None) -> object:
        """Give the rewritten one, or one of the others."""
        if name == self._name:
            return environment.from_string(self._source, globals_)  # type: ignore[attr-defined]
        return self._others.load(environment, name, globals_)  # type: ignore[attr-defined]


def test_the_screens_cannot_be_used(browser: Browser) -> None:
    for picture in browser.get("auth.guide").soup.select(".facsimile"):
        assert picture.has_attr("inert")
        assert picture["aria-hidden"] == "true"
        assert not picture.select("a, input, button, form, [id], [tabindex], h1, h2, h3")


def test_there_is_a_box_for_the_identifiant_and_none_for_the_password(browser: Browser) -> None:
    [box] = browser.get("auth.guide").soup.select(".guide-box")
    assert "à noter ici" in box.get_text()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_guide_on_paper(app: Flask, browser: Browser) -> None:
    """A4, tagged, in French; the same steps."""
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")
    answer = browser.fetch("/guide.pdf")
    assert answer.mimetype == "application/pdf"
    document = PdfReader(io.BytesIO(answer.data))
    assert str(document.root_object["/Lang"]) == "fr"
    assert (round(document.pages[0].mediabox.width), round(document.pages[0].mediabox.height)) == (
        595,
        842,
    )
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in document.pages))
    for words in ("Demandez votre mot de passe", "Choisir mon mot de passe", "Besoin d’aide"):
        assert words in text


def test_a_town_that_takes_bookings_shows_how(app: Flask, browser: Browser) -> None:
    """Four words of its own screens; before, nothing of it is said."""
    assert "Réserver la cantine" not in browser.get("auth.guide").text
    with app.app_context(), db.transaction() as session:
        open_services(session)
    page = browser.get("auth.guide")
    for words in (
        "Réserver la cantine", "« Réservations »", "« Continuer »", "« Enregistrer »",
        "Vérifiez vos réservations", "PAYS, Cantine, avec Garderie de midi",
        "Réservations enregistrées",
    ):  # fmt: skip
        assert words in page.text, words


def test_without_pango_no_pdf_is_offered(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "available", lambda: False)
    assert "PDF" not in browser.get("auth.guide").text
    assert browser.fetch("/guide.pdf").status_code == 404
