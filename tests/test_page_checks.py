"""Every check on pages passes a good page, and can fail."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

import config
from app.settings import EXTENSION
from tests.support.page_checks import (
    CHECKS,
    Subject,
    faults_of_new_page,
    forms,
    language,
    links,
    page_faults,
    structure,
)
from tests.support.page_checks.headers import FIXED, header_faults
from tests.support.page_checks.text import visible_lines, visible_text

GOOD = """<!doctype html>
<html lang="fr">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="description" content="La cantine et la garderie de votre commune.">
  <title>Erreur\u00a0: Accès famille – Portail famille – Saint-Exemple</title>
  <link rel="stylesheet" href="/static/look.css">
  <script src="/static/look.js" defer></script>
</head>
<body>
  <a href="#contenu">Aller au contenu</a>
  <header><svg aria-hidden="true"></svg><img src="/static/crest.svg" alt=""></header>
  <main id="contenu">
    <h1>Accès famille</h1>
    <div class="error-summary"><ul><li><a href="#identifier">Saisissez l’identifiant.</a></li></ul>
    </div>
    <h2>Vous l’avez oublié\u00a0?</h2>
    <form method="post" action="/connexion">
      <input type="hidden" name="csrf_token" value="x">
      <label for="identifier">Identifiant</label>
      <input id="identifier" name="identifier" aria-invalid="true" aria-describedby="identifier-e">
      <p id="identifier-e">Saisissez l’identifiant.</p>
      <label for="password">Mot de passe</label>
      <input id="password" name="password" type="password" autocomplete="current-password">
      <button>Connexion</button>
    </form>
    <table><caption>Factures</caption>
      <tr><th scope="col">Montant</th></tr><tr><td>-1\u202f891,35\u00a0€</td></tr></table>
    <p>« Bonjour » avec un <a href="https://exemple.fr/">lien</a>, «\u00a0bonjour\u00a0»…</p>
  </main>
  <footer><a href="tel:+33476000000">04\u00a076\u00a000\u00a000\u00a000</a>
    <a href="/code-source">Code source</a></footer>
</body>
</html>""".replace("« Bonjour » avec", "Bonjour avec")

# What breaks a good page, for each check: some words of it, and what takes their place.
BROKEN: list[tuple[Callable[[Subject], object], str, str]] = [
    (structure.parses_without_an_error, "</h1>", ""),
    (structure.parses_without_an_error, "<p id=", "<p id=x id="),
    *(
        (structure.parses_without_an_error, words, instead)
        for words, instead in (
            ("</h1>", "</h1></section>"),
            ("Accès famille</h1>", "<b>Accès <i>famille</b></i></h1>"),
            ("l’identifiant.</p>", "<ul><li>l’identifiant.</li></ul></p>"),
            ("<p>Bonjour", "<p><a href='/connexion'>Bonjour"),
            ("<button>", "<button><button>"),
            ("<h2>", "<form></form></form><h2>"),
            ("<h2>", "<div/><h2>"),
            ("<h2>", "<h2>1 <2"),
            ("<h2>", "<h2>&identifiant; "),
            ("<h2>", "<h2>&eacute "),
            ("https://exemple.fr/", "https://exemple.fr/?a=1&b;=2"),
            ("https://exemple.fr/", "https://exemple.fr/?a=1&copy=2"),
            (' alt=""', ' alt=""src="/static/crest.svg"'),
            ("</main>", ""),
            ("</html>", "</html><p>Encore</p>"),
            ("</head>", "<p>Bonjour</p></head>"),
            ("</footer>", "</footer><!-- Fin"),
            ("</svg>", "<path></svg>"),
            ("<table>", "<table><p>Texte</p>"),
            ("<caption>", "Texte<caption>"),
            ("</caption>", "</caption> <!-- ici --> Texte"),
            ("€</td>", "€</td>Texte"),
        )
    ),
    (structure.has_the_doctype, "<!doctype html>", ""),
    (structure.speaks_french, ' lang="fr"', ' lang="en"'),
    (structure.fits_a_phone, "width=device-width, ", ""),
    (structure.fits_a_phone, "initial-scale=1", "user-scalable=no"),
    (structure.has_one_h1, "<h2>Vous l’avez oublié\u00a0?</h2>", "<h1>Encore</h1>"),
    (structure.has_one_h1, "Accès famille</h1>", "</h1>"),
    (structure.headings_skip_no_level, "h2>", "h3>"),
    (structure.has_the_title_of_every_screen, "Accès famille – ", ""),
    (structure.has_the_title_of_every_screen, "– Saint-Exemple", "– Ailleurs"),
    (structure.says_what_it_is_about, "La cantine et la garderie de votre commune.", ""),
    (structure.has_landmarks, "main", "div"),
    (structure.can_skip_to_the_content, "#contenu", "/connexion"),
    (structure.wears_the_sheet_of_its_side, "<h2>", '<p class="town-hall-band">Mairie</p><h2>'),
    (structure.has_unique_ids, 'id="password"', 'id="identifier"'),
    (structure.refers_to_ids_that_exist, 'aria-describedby="identifier-e"', 'aria-controls="no"'),
    (structure.has_nothing_inline, "<h2>", '<h2 style="color:red">'),
    (structure.has_nothing_inline, "<h2>", '<h2 onclick="f()">'),
    (structure.has_nothing_inline, "</h1>", "</h1><style>p {}</style>"),
    (structure.has_nothing_inline, "</h1>", "</h1><script>f()</script>"),
    (structure.lists_hold_something, "<h2>", "<ul> </ul><h2>"),
    (structure.images_have_alternatives, ' alt=""', ""),
    (structure.images_have_alternatives, ' aria-hidden="true"', ""),
    (structure.buttons_and_links_have_names, "Connexion</button>", "</button>"),
    (structure.buttons_and_links_have_names, ">lien</a>", "></a>"),
    (structure.tables_say_what_they_hold, "<caption>Factures</caption>", ""),
    (structure.tables_say_what_they_hold, ' scope="col"', ""),
    (structure.letters_begin_at_once, "</h1>", '</h1><p class="letter">\n  Merci</p>'),
    (forms.labels_belong_to_a_field, 'for="password"', 'for="nobody"'),
    (forms.fields_have_labels, '<label for="password">Mot de passe</label>', ""),
    (forms.fields_have_no_placeholder, "<input id", '<input placeholder="3816…" id'),
    (forms.passwords_are_never_sent_back, 'type="password"', 'type="password" value="Soleil1"'),
    (forms.passwords_suit_password_managers, ' autocomplete="current-password"', ""),
    (forms.passwords_suit_password_managers, 'type="password"', 'type="password" maxlength="9"'),
    (forms.posting_forms_carry_a_token, 'value="x"', 'value=""'),
    (forms.posting_forms_carry_a_token, 'name="csrf_token"', 'name="token"'),
    (forms.posting_forms_carry_a_token, 'method="post"', 'method="get"'),
    (forms.errors_are_announced_everywhere, "Erreur\u00a0: ", ""),
    (forms.errors_are_announced_everywhere, "error-summary", "other"),
    (forms.errors_are_announced_everywhere, 'href="#identifier"', 'href="#password"'),
    (forms.errors_are_announced_everywhere, ">Saisissez l’identifiant.</p>", ">Autre.</p>"),
    (links.links_lead_somewhere, "#contenu", "#nulle-part"),
    (links.links_lead_somewhere, "https://exemple.fr/", "/nulle-part"),
    (links.links_lead_somewhere, "https://exemple.fr/", "javascript:f()"),
    (links.links_lead_somewhere, ' href="https://exemple.fr/"', ""),
    (links.forms_lead_somewhere, 'action="/connexion"', 'action="/nulle-part"'),
    (links.forms_lead_somewhere, 'action="/connexion"', 'action="https://exemple.fr/"'),
    (links.forms_lead_somewhere, "<button>", '<button formaction="/nulle-part">'),
    (links.leads_to_the_code, "/code-source", "/connexion"),
    (links.loads_nothing_from_elsewhere, "/static/look.js", "https://cdn.exemple.fr/look.js"),
    (links.loads_nothing_from_elsewhere, "/static/look.css", "//cdn.exemple.fr/look.css"),
    (links.loads_nothing_from_elsewhere, "/static/look.css", "/static/missing.css"),
    (links.loads_nothing_from_elsewhere, "/static/crest.svg", "/crest.svg"),
    (language.is_typeset_in_french, "oublié\u00a0?", "oublié ?"),
    (language.is_typeset_in_french, "oublié\u00a0?", "oublié\u00a0: oui : non"),
    (language.is_typeset_in_french, "oublié\u00a0?", "oublié!"),
    (language.is_typeset_in_french, "\u00a0€", " €"),
    (language.is_typeset_in_french, "1\u202f891", "1 891"),
    (language.is_typeset_in_french, "«\u00a0bonjour\u00a0»", "«bonjour\u00a0»"),
    (language.is_typeset_in_french, "«\u00a0bonjour\u00a0»", "«\u00a0bonjour »"),
    (language.is_typeset_in_french, "«\u00a0bonjour\u00a0»", '"bonjour"'),
    (language.is_typeset_in_french, "l’avez", "l'avez"),
    (language.is_typeset_in_french, "»…", "»..."),
    (language.is_typeset_in_french, "04\u00a076\u00a000\u00a000\u00a000", "04 76 00 00 00"),
    (language.is_typeset_in_french, ' alt=""', ' alt="L\'école"'),
    (language.has_no_english_left_over, "Saisissez l’identifiant.", "This field is required."),
    (language.has_no_english_left_over, "Accès famille</h1>", "Not Found</h1>"),
    (language.has_no_english_left_over, 'alt=""', 'alt="The crest"'),
    (language.has_no_code_left_over, "Accès famille</h1>", "Bonjour None</h1>"),
    (language.has_no_code_left_over, "Accès famille</h1>", "Bonjour {{ name }}</h1>"),
    (language.has_no_code_left_over, "Accès famille</h1>", "Facture n&amp;nbsp;59</h1>"),
]


@pytest.fixture
def small_app(tmp_path: object) -> Flask:
    """An application with a sign-in page, its code and three static files."""
    app = Flask("small", static_folder=str(tmp_path), static_url_path="/static")
    app.extensions[EXTENSION] = config.Test(town_name="Saint-Exemple")
    app.add_url_rule("/connexion", "auth.sign_in", lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/code-source", "site.source", lambda: "")
    for name in ("look.css", "look.js", "crest.svg"):
        with open(f"{tmp_path}/{name}", "w", encoding="utf-8"):  # noqa: PTH123
            pass
    return app


def test_a_good_page_has_no_fault(small_app: Flask) -> None:
    assert page_faults(Subject(GOOD, small_app)) == []


@pytest.mark.parametrize(("check", "words", "instead"), BROKEN)
def test_a_bad_page_fails_its_check(
    small_app: Flask, check: Callable[[Subject], object], words: str, instead: str
) -> None:
    assert words in GOOD
    bad = Subject(GOOD.replace(words, instead), small_app)
    assert any(fault.startswith(f"{check.__name__}: ") for fault in page_faults(bad))


def test_a_page_seen_twice_is_judged_once_and_rightly(small_app: Flask) -> None:
    """Another token makes no other page; a fault is told each time."""
    for token in ("x", "y"):
        again = GOOD.replace('value="x"', f'value="{token}"')
        assert faults_of_new_page(Subject(again, small_app)) == []
    for _ in range(2):
        assert faults_of_new_page(Subject(GOOD.replace("l’avez", "l'avez"), small_app))
    assert faults_of_new_page(Subject(GOOD.replace('value="x"', 'value=""'), small_app))


@pytest.mark.parametrize(
    "selector",
    ["a", "h1, h2", "[aria-invalid=true]", ".error-summary a[href]", "label[for], #contenu > h1"],
)
def test_all_finds_what_css_means(small_app: Flask, selector: str) -> None:
    page = Subject(GOOD, small_app)
    assert page.all(selector) == page.soup.select(selector) != []


def test_a_selector_that_may_mean_anything_is_refused(small_app: Flask) -> None:
    with pytest.raises(AssertionError, match="every kind"):
        Subject(GOOD, small_app).all("h1, *")


def test_every_check_is_seen_failing() -> None:
    assert {check for check, _, _ in BROKEN} == set(CHECKS)


def test_what_is_hidden_or_drawn_is_not_read(small_app: Flask) -> None:
    page = Subject(
        "<p>Solde <b>-891,35\u00a0€</b><br>à\n régler</p><p hidden>caché</p>"
        "<svg><title>dessin</title></svg><script>f()</script><!-- note -->",
        small_app,
    )
    assert visible_lines(page.soup) == ["Solde -891,35\u00a0€", "à régler"]
    assert visible_text(page.soup) == "Solde -891,35 € à régler"


GOOD_HEADERS = FIXED | {
    "Permissions-Policy": "camera=()",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'",
}


def test_good_headers_have_no_fault() -> None:
    assert list(header_faults(Headers(GOOD_HEADERS))) == []


@pytest.mark.parametrize("name", GOOD_HEADERS)
def test_a_missing_header_is_a_fault(name: str) -> None:
    kept = {key: value for key, value in GOOD_HEADERS.items() if key != name}
    assert any(name in fault for fault in header_faults(Headers(kept)))


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("script-src 'self'", "img-src *"),
        ("script-src 'self'", "img-src data:"),
        ("frame-ancestors 'none'", "frame-ancestors 'self'"),
        ("form-action 'self'", ""),
    ],
)
def test_a_weak_policy_is_a_fault(words: str, instead: str) -> None:
    policy = GOOD_HEADERS["Content-Security-Policy"].replace(words, instead)
    headers = Headers(GOOD_HEADERS | {"Content-Security-Policy": policy})
    assert len(list(header_faults(headers))) == 1


def test_headers_that_name_the_software_are_a_fault() -> None:
    headers = Headers(GOOD_HEADERS | {"X-Powered-By": "Flask"})
    assert list(header_faults(headers)) == ["X-Powered-By tells what runs here"]
