"""« Accès famille »."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from app.services.accounts import throttles
from app.web.access import SESSION_OVER
from app.web.forms import STALE_PAGE, TOKEN_SECONDS
from tests.support.browser import Browser, Page
from tests.support.people import People

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WRONG = "Identifiant ou mot de passe incorrect."


def sign_in(browser: Browser, identifier: str, clear: str, refused: int | None = None) -> Page:
    """Type an identifiant and a password."""
    page = browser.get("auth.sign_in").fill({"Identifiant": identifier, "Mot de passe": clear})
    return page.submit("Connexion", _refused=refused)


def masked(page: Page) -> str:
    """Return the page without its token and what was typed in it."""
    html = page.response.text.replace(page.csrf_token, "TOKEN")
    return html.replace(f'value="{page.value("Identifiant")}"', "value")


def test_the_words_of_the_printed_guides_are_there(browser: Browser) -> None:
    """What the paper says is what the screen shows."""
    page = browser.get("auth.sign_in")
    assert page.h1 == "Accès famille"
    for words in (
        "Identifiez-vous pour vous connecter à votre application enfance !",
        "Identifiant",
        "Mot de passe",
        "Connexion",
        "Mot de passe oublié",
        "Première connexion",
        "Plan du site",
        "Mentions légales",
        "Données personnelles",
        "Accessibilité",
        "Guide",
    ):
        assert words in page.text


def test_a_page_drawn_for_one_stranger_holds_nothing_of_another(
    browser: Browser, people: People
) -> None:
    """The page is drawn once for all: each gets a token of their own, and nobody's notice."""
    other = Browser(browser.app)
    mine, theirs = browser.get("auth.sign_in"), other.get("auth.sign_in")
    assert mine.csrf_token != theirs.csrf_token
    assert mine.response.text.replace(mine.csrf_token, "") == theirs.response.text.replace(
        theirs.csrf_token, ""
    )
    page = browser.sign_in(people.zest).submit("Déconnexion")
    assert "Votre session est fermée." in page.text
    assert "Votre session est fermée." not in Browser(browser.app).get("auth.sign_in").text
    assert other.sign_in(people.moreau).endpoint == "family.home"


def test_the_identifiant_is_read_as_people_type_it(browser: Browser, people: People) -> None:
    """Blanks and dots, as on the town's letter, are forgiven."""
    assert sign_in(browser, " 3816 23.86 ", "Soleil2018").endpoint == "family.home"


@pytest.mark.parametrize("name", ["zest", "archived", "newcomer", "unknown"])
def test_every_refusal_looks_the_same(browser: Browser, people: People, name: str) -> None:
    """Wrong password, archived, nothing chosen, unknown: same status, body, headers, cookies."""
    person = people.zest if name == "unknown" else getattr(people, name)
    identifier = "99999999" if name == "unknown" else person.identifier
    page = sign_in(browser, identifier, "Faux12345", refused=200)
    other = Browser(browser.app)
    reference = sign_in(other, "88888888", "0" * 32, refused=200)
    assert WRONG in page.text
    assert page.value("Identifiant") == identifier
    assert masked(page) == masked(reference)
    assert set(page.response.headers.keys()) == set(reference.response.headers.keys())
    assert browser.cookies().keys() == other.cookies().keys()


@pytest.mark.parametrize("name", ["zest", "archived", "newcomer"])
def test_every_refusal_is_answered_the_same(browser: Browser, people: People, name: str) -> None:
    """So is the answer that leads to the page: where to, its headers, the names of its cookies."""
    answers = []
    for identifier in (getattr(people, name).identifier, "99999999"):
        stranger = Browser(browser.app)
        token = stranger.get("auth.sign_in").csrf_token
        sent = {"identifier": identifier, "password": "Faux12345", "csrf_token": token}
        answer = stranger.fetch("/connexion", "POST", sent)
        headers = [
            (key, value.partition("=")[0] if key == "Set-Cookie" else value)
            for key, value in answer.headers
        ]
        answers.append((answer.status_code, headers, answer.text))
    assert answers[0] == answers[1]


def test_a_password_is_checked_exactly_as_typed(browser: Browser, people: People) -> None:
    """A blank more is another password; case counts."""
    for typed in ("Soleil2018 ", " Soleil2018", "soleil2018", "Soleil2018" + "x" * 200):
        assert WRONG in sign_in(browser, people.zest.identifier, typed, refused=200).text
    assert sign_in(browser, people.zest.identifier, "Soleil2018").endpoint == "family.home"


def test_empty_fields_say_what_to_do(browser: Browser) -> None:
    """A summary on top links to each field, and the title says that something is wrong."""
    page = browser.get("auth.sign_in").submit("Connexion", _refused=200)
    assert page.errors == ["Saisissez votre identifiant.", "Saisissez votre mot de passe."]
    assert page.title.startswith("Erreur : Accès famille")


def test_too_many_tries_say_how_long_to_wait(browser: Browser, people: People) -> None:
    """429 with the time to wait; the reset stays open."""
    with time_machine.travel(NOW, tick=False):
        for _ in range(throttles.FREE_FAILURES):
            sign_in(browser, people.zest.identifier, "Faux12345", refused=200)
        page = sign_in(browser, "38.16.23.86", "Soleil2018", refused=429)
        assert page.response.headers["Retry-After"] == "30"
        assert "Attendez 1 minute" in page.text
        page = page.submit("Mot de passe oublié")
        assert page.endpoint == "auth.forgotten_password_sent"


def test_a_device_that_signed_in_before_never_waits_for_others(
    browser: Browser, people: People
) -> None:
    """Somebody else plays with her number: at home she comes in all the same."""
    browser.sign_in(people.zest).submit("Déconnexion")
    stranger = Browser(browser.app, address="198.51.100.7")
    for _ in range(throttles.FREE_FAILURES):
        sign_in(stranger, people.zest.identifier, "Faux12345", refused=200)
    sign_in(stranger, people.zest.identifier, "Soleil2018", refused=429)
    assert browser.sign_in(people.zest).endpoint == "family.home"


def test_no_script_reads_the_mark_of_a_device(browser: Browser, people: People) -> None:
    """It is kept for a year: nothing but the portal may have it."""
    page = browser.get("auth.sign_in")
    sent = browser.fetch(
        "/connexion",
        "POST",
        {
            "identifier": people.zest.identifier,
            "password": people.zest.password or "",
            "csrf_token": page.csrf_token,
        },
    )
    (mark,) = (line for line in sent.headers.getlist("Set-Cookie") if "appareil=" in line)
    assert "; HttpOnly" in mark
    assert "; SameSite=Lax" in mark


def test_the_page_asked_for_opens_after_signing_in(browser: Browser, people: People) -> None:
    """Whoever follows a link to the statement gets to the statement."""
    page = browser.get("family.statement", _lands_on="auth.sign_in")
    page = page.fill({"Identifiant": people.zest.identifier, "Mot de passe": "Soleil2018"})
    assert page.submit("Connexion").endpoint == "family.statement"


@pytest.mark.parametrize(
    "target",
    [
        "///evil.example", "/\\evil.example", "https:///evil.example", "https://evil.example",
        "//evil.example/accueil", "javascript:alert(1)", "/nulle-part", "/deconnexion", "accueil",
        "/\x00", "http:/evil.example", "\\\\evil.example", "/%2f%2fevil.example", "/accueil\r\nX",
    ],
)  # fmt: skip
def test_next_leads_to_our_pages_only(browser: Browser, people: People, target: str) -> None:
    """Whatever somebody puts in the address, the parent ends on the home page."""
    page = browser.get("auth.sign_in", next=target)
    page = page.fill({"Identifiant": people.zest.identifier, "Mot de passe": "Soleil2018"})
    assert page.submit("Connexion").endpoint == "family.home"


def test_a_page_left_open_too_long_comes_back_filled(browser: Browser, people: People) -> None:
    """The token has expired: the identifiant is still there, and a second try works."""
    with time_machine.travel(NOW, tick=False):
        page = browser.get("auth.sign_in")
    with time_machine.travel(NOW + timedelta(seconds=TOKEN_SECONDS + 1), tick=False):
        filled = page.fill({"Identifiant": people.zest.identifier, "Mot de passe": "Soleil2018"})
        page = filled.submit("Connexion", _refused=200)
        assert STALE_PAGE in page.text
        assert page.value("Identifiant") == people.zest.identifier
        assert page.fill({"Mot de passe": "Soleil2018"}).submit("Connexion").h1


def test_a_signed_in_visitor_of_the_sign_in_page_goes_home(
    browser: Browser, people: People
) -> None:
    """The printed address too."""
    browser.sign_in(people.zest)
    browser.get("auth.sign_in", _lands_on="family.home")
    assert browser.visit("/portail/index.jsp").endpoint == "family.home"


def test_signing_in_as_another_ends_the_first(browser: Browser, people: People) -> None:
    """Two tabs: in one Madame ZEST is signed in, in the other Monsieur MOREAU signs in."""
    other_tab = browser.get("auth.sign_in")
    browser.sign_in(people.zest)
    stolen = dict(browser.cookies())
    filled = other_tab.fill(
        {"Identifiant": people.moreau.identifier, "Mot de passe": "Riviere4812"}
    )
    page = filled.submit("Connexion", _refused=200)
    page = page.fill({"Mot de passe": "Riviere4812"}).submit("Connexion")
    assert "MOREAU" in page.text
    assert "ZEST" not in page.text
    assert replay(browser, stolen).endpoint == "auth.sign_in"


def replay(browser: Browser, cookies: dict[str, str]) -> Page:
    """Come back home with a copy of somebody's cookies."""
    thief = Browser(browser.app)
    for name, value in cookies.items():
        thief.client.set_cookie(name, value, domain="localhost")
    return thief.visit("/accueil")


def test_a_copied_cookie_dies_with_the_sign_out(browser: Browser, people: People) -> None:
    """Signing out ends the session on the server, not only in the browser."""
    home = browser.sign_in(people.zest)
    stolen = browser.cookies()
    assert replay(browser, stolen).endpoint == "family.home"
    page = home.submit("Déconnexion")
    assert page.endpoint == "auth.sign_in"
    assert "Votre session est fermée." in page.text
    assert replay(browser, stolen).endpoint == "auth.sign_in"


def test_the_token_is_renewed_at_each_turn(browser: Browser, people: People) -> None:
    """A token seen before signing in, or before signing out, is worth nothing after."""
    before = browser.get("auth.sign_in").csrf_token
    home = browser.sign_in(people.zest)
    signed_in = home.csrf_token
    after = home.submit("Déconnexion").csrf_token
    assert len({token.split(".")[0] for token in (before, signed_in, after)}) == 3


def test_signing_out_needs_a_press_on_the_button(browser: Browser, people: People) -> None:
    """A link, or a form without token, signs nobody out."""
    browser.sign_in(people.zest)
    browser.visit("/deconnexion", status=405)
    page = browser._submit("/deconnexion", "POST", MultiDict(), None)
    assert page.endpoint == "family.home"
    assert STALE_PAGE in page.text


def test_half_an_hour_later_the_portal_asks_again(browser: Browser, people: People) -> None:
    """And says why."""
    with time_machine.travel(NOW, tick=False):
        browser.sign_in(people.zest)
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        page = browser.get("family.home", _lands_on="auth.sign_in")
        assert SESSION_OVER in page.text


def test_the_cookie_says_nothing_of_the_person(browser: Browser, people: People) -> None:
    """Its text, decoded, holds neither name nor identifiant."""
    from base64 import urlsafe_b64decode

    browser.sign_in(people.zest)
    payload = browser.session_cookie.lstrip(".").split(".")[0]
    readable = urlsafe_b64decode(payload + "==")
    for word in (people.zest.identifier, people.zest.last_name, people.zest.family_number):
        assert word.encode() not in readable
