"""The link of a mail, where somebody is signed in already: it asks, and looking changes nothing."""

import pytest

from app.testing import Outbox
from tests.blueprints.auth.test_first_connection import ask, path_of
from tests.support.browser import Browser
from tests.support.people import People


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_link_signs_nobody_out(
    browser: Browser, people: People, outbox: Outbox, method: str
) -> None:
    """Somebody sends Monsieur MOREAU a link of theirs, or a scanner follows it with his cookie."""
    ask(Browser(browser.app), people.zest.identifier)
    browser.sign_in(people.moreau)
    browser.fetch(path_of(outbox.latest.link), method)
    assert "Paul MOREAU" in browser.get("family.home").text


def test_a_link_as_the_next_page_signs_nobody_out(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """A trap: the sign-in page with somebody’s link behind it."""
    ask(Browser(browser.app), people.zest.identifier)
    page = browser.visit(f"/connexion?next={path_of(outbox.latest.link)}")
    typed = {"Identifiant": people.moreau.identifier, "Mot de passe": people.moreau.password or ""}
    page = page.fill(typed).submit("Connexion")
    assert page.h1 == "Ce lien ouvre un autre compte"
    assert page.link("Ne rien changer et revenir à l’accueil").click().endpoint == "family.home"


def test_one_s_own_link_asks_as_well(browser: Browser, people: People, outbox: Outbox) -> None:
    """Madame ZEST is signed in on this phone and opens her mail: a button goes on."""
    browser.sign_in(people.zest)
    ask(Browser(browser.app), people.zest.identifier)
    page = browser.visit(path_of(outbox.latest.link))
    assert page.h1 == "Choisir un nouveau mot de passe"
    page = page.submit("Se déconnecter et continuer")
    assert page.endpoint == "auth.choose_password"
    browser.get("family.home", _lands_on="auth.sign_in")


def test_another_site_cannot_press_the_button(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """Without a token of ours the page asks again."""
    ask(Browser(browser.app), people.zest.identifier)
    browser.sign_in(people.moreau)
    browser.fetch(path_of(outbox.latest.link), "POST", {})
    browser.get("family.home")
