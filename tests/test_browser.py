"""The test client behaves as a visitor's browser does, and says when a page does not."""

from collections.abc import Callable

import pytest
from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

import config
from app.settings import EXTENSION
from tests.support.browser import Browser
from tests.test_page_checks import GOOD_HEADERS

PAGE = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="description" content="Une page du portail des familles, pour un essai">
<title>{prefix}{h1} – Portail famille – Saint-Exemple</title></head>
<body><a href="#c">Aller au contenu</a><header></header><main id="c"><h1>{h1}</h1>
{body}</main><footer><a href="/code">Code source</a></footer></body></html>"""

FORM = """<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="city">Ville</label><input id="city" name="city" value="Grenoble">
<label for="why">Raison</label><textarea id="why" name="why">aucune</textarea>
<label for="day">Jour</label>
<select id="day" name="day"><option value="1">Lundi</option>
<option value="2" selected>Mardi</option></select>
<label><input type="checkbox" name="news" value="oui"> Nouvelles</label>
<label><input type="checkbox" name="meals" checked> Repas</label>
<input type="hidden" name="off" value="1" disabled>
<button name="act" value="save">Enregistrer</button>
<button formaction="/perdu" name="act" value="lost">Mot de passe oublié</button>
<button type="button">Afficher</button></form>
<form id="search" action="/"><button>Chercher</button></form>
<label for="words">Mots</label><input id="words" name="q" form="search">
<a href="/echo?x=1">Écho</a> <a href="/merci">Merci</a>"""


def page(h1: str, body: str = "", prefix: str = "") -> str:
    return PAGE.format(h1=h1, body=body, prefix=prefix)


@pytest.fixture
def visitor() -> Browser:
    """A visitor of a small site."""
    app = Flask("small", static_folder=None)
    app.secret_key = "key"
    app.extensions[EXTENSION] = config.Test(town_name="Saint-Exemple")
    views: dict[str, Callable[..., object]] = {
        "/": lambda: page("Accueil", FORM),
        "/echo": lambda: page("Écho"),
        "/detour": lambda: redirect("/"),
        "/ailleurs": lambda: redirect("https://exemple.fr/"),
        "/rond": lambda: redirect("/rond"),
        "/merci": lambda: page("Merci"),
        "/texte": lambda: Response("bonjour", mimetype="text/plain"),
        "/nu": lambda: Response("", headers={"X-Bare": "1"}),
        "/mauvais": lambda: page("Mauvais", "<p>Bonjour !"),
        "/vieux": lambda: (page("Disparu"), 410),
        "/refus": lambda: page(
            "Refus", '<div class="error-summary"><ul><li>Non.</li></ul></div>', "Erreur\u00a0: "
        ),
    }
    for path, view in views.items():
        app.add_url_rule(path, path.strip("/") or "home", view)  # type: ignore[arg-type]
    app.add_url_rule("/code", "site.source", lambda: page("Code source"))

    @app.post("/", endpoint="sent")
    @app.post("/perdu", endpoint="lost")
    def receive() -> ResponseReturnValue:
        session["visits"] = 1
        app.config["SENT"] = {**request.form, "to": request.path}
        if request.form.get("city") == "refus":
            return redirect("/refus?etape=correction")
        if request.form.get("city") == "sans":
            return page("Sans redirection")
        return redirect(url_for("merci"), 303)

    @app.after_request
    def protect(response: Response) -> Response:
        if "X-Bare" not in response.headers:
            response.headers.extend(GOOD_HEADERS)
        return response

    return Browser(app)


def test_a_visitor_fills_a_form_by_its_labels(visitor: Browser) -> None:
    """Everything in the form is sent, and the thanks come after a redirect."""
    filled = visitor.get("home").fill({"Ville": "Vif", "Nouvelles": True}, why="déménagement")
    assert "Vif" not in filled.html
    thanks = filled.submit("Enregistrer")
    assert (thanks.h1, thanks.endpoint, thanks.path) == ("Merci", "merci", "/merci")
    assert visitor.app.config["SENT"] == {
        "csrf_token": "x", "city": "Vif", "why": "déménagement", "day": "2", "news": "oui",
        "meals": "on", "act": "save", "to": "/",
    }  # fmt: skip


def test_a_button_may_send_its_form_elsewhere(visitor: Browser) -> None:
    visitor.get("home").submit("Mot de passe oublié")
    sent = visitor.app.config["SENT"]
    assert (sent["to"], sent["act"], sent["city"]) == ("/perdu", "lost", "Grenoble")


def test_a_field_outside_its_form_is_sent_with_it(visitor: Browser) -> None:
    page_ = visitor.get("home").fill({"Mots": "cantine"}).submit("Chercher")
    assert page_.response.request.query_string == b"q=cantine"


def test_a_form_that_comes_back_is_no_success(visitor: Browser) -> None:
    """A test says when it expects the form back; a page without a redirect is a fault."""
    home = visitor.get("home")
    wrong = home.fill(city="refus")
    assert wrong.submit("Enregistrer", _refused=200).errors == ["Non."]
    with pytest.raises(AssertionError, match="instead of redirecting"):
        home.fill(city="sans").submit("Enregistrer")
    with pytest.raises(AssertionError, match="led to /refus; errors on the page"):
        wrong.submit("Enregistrer")
    with pytest.raises(AssertionError, match="led to /merci"):
        home.submit("Enregistrer", _refused=200)


def test_links_are_followed_by_their_words(visitor: Browser) -> None:
    link = visitor.get("home").link("Écho")
    assert link.href == "/echo?x=1"
    assert link.click().h1 == "Écho"


def test_what_cannot_be_found_is_said(visitor: Browser) -> None:
    home = visitor.get("home")
    with pytest.raises(AssertionError, match="0 links read « Rien »"):
        home.link("Rien")
    with pytest.raises(AssertionError, match="0 fields are called « Rien »"):
        home.fill({"Rien": "x"})
    with pytest.raises(AssertionError, match="0 buttons read « Afficher »"):
        home.submit("Afficher")


def test_a_visitor_reads_a_page(visitor: Browser) -> None:
    home = visitor.get("home")
    assert home.title == "Accueil – Portail famille – Saint-Exemple"
    assert (home.value("Ville"), home.value("Raison"), home.value("Jour")) == (
        "Grenoble", "aucune", "2",
    )  # fmt: skip
    assert "Mot de passe oublié" in home.text
    assert home.errors == []
    assert visitor.get("refus").errors == ["Non."]


def test_cookies_are_kept(visitor: Browser) -> None:
    assert visitor.cookies() == {}
    visitor.get("home").submit("Enregistrer")
    assert list(visitor.cookies()) == ["session"]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/ailleurs", "redirected out of the portal"),
        ("/rond", "more than 5 redirects"),
        ("/texte", "is text/plain, not a page"),
        ("/nu", "Content-Security-Policy"),
        ("/mauvais", "no-break space before"),
        ("/vieux", "answered 410 GONE, not 200"),
        ("/absent", "answered 404 NOT FOUND, not 200"),
    ],
)
def test_a_bad_answer_stops_the_test(visitor: Browser, path: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        visitor.visit(path)


def test_a_detour_is_announced(visitor: Browser) -> None:
    """Asking for a page and landing on another is said by the test, or is a fault."""
    with pytest.raises(AssertionError, match="landed on home instead of detour"):
        visitor.get("detour")
    assert visitor.get("detour", _lands_on="home").h1 == "Accueil"


def test_a_visitor_shares_no_session_with_the_test(visitor: Browser) -> None:
    with visitor.app.app_context(), pytest.raises(AssertionError, match="database session"):
        visitor.get("home")
