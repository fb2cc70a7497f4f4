"""Too many wrong passwords, one’s own or somebody else’s: whoever is right gets in all the same."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.services.accounts import throttles
from app.services.accounts.throttles import FREE_FAILURES
from app.testing import Outbox
from tests.blueprints.auth.test_first_connection import GOOD, ask, choose, path_of, sign_in
from tests.support.browser import Browser
from tests.support.people import People

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNKNOWN = "99999999"


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


def test_who_fails_elsewhere_keeps_nobody_waiting(app: Flask, people: People) -> None:
    """Eleven wrong tries from elsewhere; the parent on a new phone, with the right password."""
    fail(Browser(app, address="198.51.100.7"), people.zest.identifier, 11)
    phone = Browser(app, address="203.0.113.5")
    assert phone.sign_in(people.zest).endpoint == "family.home"


def test_a_phone_that_changes_its_address_is_one_network(app: Flask, people: People) -> None:
    """A subscriber has 2**64 addresses of IPv6: they share one wait, others have their own."""
    for number in range(FREE_FAILURES):
        fail(Browser(app, address=f"2001:db8:1:2::{number}"), people.zest.identifier, 1)
    page = sign_in(Browser(app, address="2001:db8:1:2:a::9"), people.zest.identifier, "x", 429)
    assert "Trop d’essais depuis cette connexion." in page.text
    assert Browser(app, address="2001:db8:1:3::1").sign_in(people.zest).endpoint == "family.home"


@pytest.mark.both_databases
def test_a_hundred_failures_from_anywhere_end_by_the_mailbox(
    app: Flask, people: People, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known device goes on; a new one is told to use the mail, which lets it in for good."""
    monkeypatch.setattr(throttles, "MOST_IN_A_ROW", 8)
    known = Browser(app)
    known.sign_in(people.zest).submit("Déconnexion")

    def attack(*identifiers: str) -> None:
        for identifier in identifiers:
            for number in range(8):
                fail(Browser(app, address=f"198.51.100.{number}"), identifier, 1)

    attack(people.zest.identifier, UNKNOWN)
    new = Browser(app, address="203.0.113.5")
    pages = [sign_in(new, who, "Soleil2018", 429) for who in (people.zest.identifier, UNKNOWN)]
    assert ["Par sécurité, cet appareil" in page.text for page in pages] == [True, True]
    ask(new, people.zest.identifier)
    page = choose(new.visit(path_of(outbox.latest.link)), GOOD)
    attack(people.zest.identifier)
    home = page.fill({"Mot de passe": GOOD}).submit("Connexion")
    assert home.h1 == "Bienvenue sur le portail famille"
    home.submit("Déconnexion")
    attack(people.zest.identifier)
    assert sign_in(new, people.zest.identifier, GOOD).endpoint == "family.home"


def test_a_known_device_goes_on_through_a_hundred_failures(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its owner’s success ends the row: a new device may try again."""
    monkeypatch.setattr(throttles, "MOST_IN_A_ROW", 6)
    known = Browser(app)
    known.sign_in(people.zest).submit("Déconnexion")
    for number in range(6):
        fail(Browser(app, address=f"198.51.100.{number}"), people.zest.identifier, 1)
    new = Browser(app, address="203.0.113.5")
    sign_in(new, people.zest.identifier, "Soleil2018", 429)
    assert known.sign_in(people.zest).endpoint == "family.home"
    assert sign_in(new, people.zest.identifier, "Soleil2018").endpoint == "family.home"


def test_waiting_does_not_end_a_row(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred guesses in all, not a hundred a day."""
    monkeypatch.setattr(throttles, "MOST_IN_A_ROW", 12)
    with time_machine.travel(NOW, tick=False) as clock:
        somebody = Browser(app, address="198.51.100.7")
        for _ in range(throttles.MOST_IN_A_ROW):
            fail(somebody, people.zest.identifier, 1)
            clock.shift(timedelta(hours=25))
        page = sign_in(somebody, people.zest.identifier, "Soleil2018", 429)
    assert "Par sécurité, cet appareil" in page.text


def test_nobody_is_told_of_a_mail_that_does_not_leave(
    app: Flask, people: People, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a network floods: the same page for everybody there, known or not, and when to ask."""
    monkeypatch.setattr(throttles, "ADDRESS_REQUESTS", 1)
    sent = ask(Browser(app), people.ines.identifier)
    before = len(outbox)
    pages = [
        Browser(app)
        .get("auth.forgotten_password")
        .fill({"Identifiant": identifier})
        .submit("Recevoir le courriel", _refused=429)
        for identifier in (people.zest.identifier, UNKNOWN)
    ]
    pages.append(sent.submit("Renvoyer le courriel", _refused=429))
    for page in pages:
        assert "aucun courriel n’est parti" in page.text
        assert page.response.headers["Retry-After"] == "300"
    assert "vient de vous être envoyé" not in pages[0].text + pages[1].text
    assert len(outbox) == before
    elsewhere = ask(Browser(app, address="203.0.113.5"), people.zest.identifier)
    assert "vient de vous être envoyé" in elsewhere.text
