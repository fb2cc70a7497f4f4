"""The secret key is changed while parents are in the middle of something: nobody notices.

Everything that is signed, sealed or keyed was begun under the old key, and is finished under the
new one. Once the old key is not even a fallback any more, none of it is worth anything.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

import config
from app.services.accounts import devices
from app.services.tokens import sealing
from app.testing import Outbox
from app.web.forms import STALE_PAGE
from tests.blueprints.auth.test_first_connection import ask, choose, path_of, sign_in
from tests.blueprints.family.test_account import ask as ask_new_address
from tests.conftest import StartAgain
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.screens.account import confirmation_link

OLD, NEW = "9f1c03d7" * 8, "52e8ab46" * 8
NEW_ADDRESS = "pays.zest@nouvelle.exemple.fr"
APP = Path(__file__).parents[3] / "app"
CHOSEN = "Nuage4812x"


# What is signed does not depend on the database.
on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """The town has a key of its own."""
    return replace(settings, secret_key=OLD)


@pytest.fixture
def change_key(
    start_again: StartAgain, settings: config.Settings, browser: Browser
) -> Callable[[tuple[str, ...]], Flask]:
    """Start the portal again with a new key, and let the visitor go on there."""

    def start(fallbacks: tuple[str, ...]) -> Flask:
        portal = start_again(replace(settings, secret_key=NEW, secret_key_fallbacks=fallbacks))
        other = Browser(portal)
        browser.app, cookies = portal, browser.client._cookies
        browser.client = other.client
        browser.client._cookies = cookies
        return portal

    return start


ChangeKey = Callable[[tuple[str, ...]], Flask]


@on_one
@pytest.mark.parametrize(("fallbacks", "lands_on"), [((OLD,), "family.home"), ((), "auth.sign_in")])
def test_who_is_signed_in_stays(
    browser: Browser,
    people: People,
    change_key: ChangeKey,
    fallbacks: tuple[str, ...],
    lands_on: str,
) -> None:
    browser.sign_in(people.zest)
    change_key(fallbacks)
    browser.get("family.home", _lands_on=lands_on)


@on_one
@pytest.mark.parametrize(("fallbacks", "taken"), [((OLD,), True), ((), False)])
def test_a_page_that_was_open_can_be_sent(
    browser: Browser, people: People, change_key: ChangeKey, fallbacks: tuple[str, ...], taken: bool
) -> None:
    """Without the old key the form comes back filled, as after twelve hours."""
    page = browser.get("auth.sign_in")
    change_key(fallbacks)
    typed = {"Identifiant": people.zest.identifier, "Mot de passe": people.zest.password or ""}
    if taken:
        assert page.fill(typed).submit("Connexion").endpoint == "family.home"
    else:
        page = page.fill(typed).submit("Connexion", _refused=200)
        assert STALE_PAGE in page.text or "cookies" in page.text


@on_one
@pytest.mark.parametrize(("fallbacks", "worth"), [((OLD,), True), ((), False)])
def test_a_mail_on_its_way_arrives_in_time(
    browser: Browser,
    people: People,
    outbox: Outbox,
    change_key: ChangeKey,
    fallbacks: tuple[str, ...],
    worth: bool,
) -> None:
    """Its link, its temporary password, and the ticket that one of them gave."""
    ask(browser, people.zest.identifier)
    mail = outbox.latest
    opened = browser.visit(path_of(mail.link))
    portal = change_key(fallbacks)
    expected = "auth.choose_password" if worth else "auth.password_link"
    assert Browser(portal).visit(path_of(mail.link)).endpoint == expected
    typed = sign_in(
        Browser(portal), people.zest.identifier, mail.temporary_password, None if worth else 200
    )
    assert typed.endpoint == ("auth.choose_password" if worth else "auth.sign_in")
    if worth:
        assert choose(opened, CHOSEN).endpoint == "auth.sign_in"
        Browser(portal).sign_in(replace(people.zest, password=CHOSEN))


@on_one
@pytest.mark.parametrize(("fallbacks", "worth"), [((OLD,), True), ((), False)])
def test_an_address_is_confirmed_by_the_link_that_was_sent(
    app: Flask,
    browser: Browser,
    people: People,
    change_key: ChangeKey,
    fallbacks: tuple[str, ...],
    worth: bool,
) -> None:
    browser.sign_in(people.zest)
    ask_new_address(browser, people.zest)
    link = confirmation_link(app, NEW_ADDRESS)
    page = Browser(change_key(fallbacks)).visit(link)
    assert ("Confirmer cette adresse" in page.text) == worth


@on_one
@pytest.mark.parametrize(("fallbacks", "known"), [((OLD,), True), ((), False)])
def test_a_device_is_known(
    app: Flask, change_key: ChangeKey, fallbacks: tuple[str, ...], known: bool
) -> None:
    """Others’ failures never make it wait; unknown, it waits as any new one."""
    with app.app_context():
        mark = devices.mark(7, None)
    with change_key(fallbacks).app_context():
        assert (devices.recognize(mark, 7, None) is not None) == known


@on_one
@pytest.mark.parametrize(("fallbacks", "read"), [((OLD,), "38162386"), ((), None)])
def test_what_a_stranger_typed_is_there(
    app: Flask, change_key: ChangeKey, fallbacks: tuple[str, ...], read: str | None
) -> None:
    with app.app_context():
        sealed = sealing.seal("38162386")
    with change_key(fallbacks).app_context():
        assert sealing.unseal(sealed) == read


def test_every_key_is_one_of_these() -> None:
    """Whoever signs something new finds its keys where the old ones are too."""
    alone = re.compile(r"settings\.secret_key(?!_fallbacks)")
    users = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if alone.search(path.read_text("utf-8"))
    }
    assert users == {
        "__init__.py",
        "services/doctor/signing_key.py",
        "services/tokens/signing.py",
        # It hashes anew, and looks up under every key.
        "services/tokens/temporary_passwords.py",
    }
