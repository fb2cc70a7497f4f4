"""Too many wrong passwords, one’s own or somebody else’s: the mail lets in all the same."""

from flask import Flask

from app.services.accounts.throttles import FREE_FAILURES
from app.testing import Outbox
from tests.blueprints.auth.test_first_connection import GOOD, ask, choose, path_of, sign_in
from tests.support.browser import Browser
from tests.support.people import People


def fail(browser: Browser, identifier: str, times: int = 7) -> None:
    """Type wrong passwords: after five, nothing is checked any more."""
    for number in range(times):
        sign_in(browser, identifier, "Soleil1999", 200 if number < FREE_FAILURES else 429)


def test_whoever_got_it_wrong_seven_times_gets_in_by_the_mail(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """As the page advises: the password that was just chosen is not made to wait."""
    fail(browser, people.zest.identifier)
    ask(browser, people.zest.identifier)
    page = choose(browser.visit(path_of(outbox.latest.link)), GOOD)
    home = page.fill({"Mot de passe": GOOD}).submit("Connexion")
    assert home.h1 == "Bienvenue sur le portail famille"


def test_nobody_keeps_a_parent_who_has_the_mail_out(
    app: Flask, browser: Browser, people: People, outbox: Outbox
) -> None:
    """Somebody else types her identifiant before she chooses, and again before she signs in."""
    somebody = Browser(app, address="198.51.100.7")
    fail(somebody, people.zest.identifier)
    ask(browser, people.zest.identifier)
    page = choose(browser.visit(path_of(outbox.latest.link)), GOOD)
    fail(somebody, people.zest.identifier)
    home = page.fill({"Mot de passe": GOOD}).submit("Connexion")
    assert home.h1 == "Bienvenue sur le portail famille"
