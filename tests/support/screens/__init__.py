"""Every screen in every state that a visitor can meet, one after the other.

Going through them with the test client checks each one; the browser tests show each one to
Chromium, to axe and to the Nu HTML checker.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import time_machine
from flask import Flask, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.accounts import throttles
from app.services.tokens import temporary_passwords
from app.web.access import Audience, opens_to
from tests.support.browser import Browser, Page
from tests.support.letters import code_for, letter_codes
from tests.support.people import People, Person, public_id
from tests.support.screens.account import account_screens
from tests.support.screens.bookings import booking_screens
from tests.support.screens.bookings_instead import instead_screens
from tests.support.screens.bookings_offered import offered_screens
from tests.support.screens.children import children
from tests.support.screens.documents import document_screens
from tests.support.screens.inbox import inbox_screens
from tests.support.screens.money import money_screens
from tests.support.screens.rare import rare_screens
from tests.support.screens.requests import requests
from tests.support.screens.statement import statement_screens
from tests.support.screens.town_hall import town_hall_screens

GOOD_PASSWORD = "Tramontane66"
WEAK_PASSWORD = "abc"
STATIC_SCREENS = ("site_map", "legal_notice", "personal_data", "accessibility", "source")
# Somebody who owes, somebody who has paid, and what differs for the others.
FAMILY_SCREENS = {
    "zest": ("account", "children", "statement", "messages", "requests", "documents"),
    "moreau": ("statement", "messages", "documents"),
    "karim": ("account", "children", "statement"),
    "claire": ("account",),
    "marc": (),
}
ERRORS = (400, 403, 404, 405, 413, 429, 500, 503)

FREE_TRIES = 5

Screens = Iterator[tuple[str, Page]]


def all_screens(app: Flask, people: People) -> Screens:
    """Go through them all, each with its name."""
    yield from _entrance(app, people)
    yield from _temporary_password(app, people)
    yield from _choice(app, people)
    yield from _family(app, people)
    yield from children(app, people)
    yield from account_screens(app, people)
    yield from statement_screens(app, people)
    yield from inbox_screens(app, people)
    yield from requests(app, people)
    yield from document_screens(app, people)
    yield from _public(app, people)
    yield from rare_screens(app, people)
    yield from booking_screens(app, people)
    yield from offered_screens(app, people)
    yield from instead_screens(app, people)
    yield from money_screens(app, people)
    yield from town_hall_screens(app, people)
    yield from _errors(app)


def issue(app: Flask, person: Person) -> temporary_passwords.IssuedPassword:
    """Make a temporary password for somebody, as the delivery of a mail does."""
    with app.app_context(), db.transaction() as session:
        wanted = select(Account.id).where(Account.identifier == person.identifier)
        return temporary_passwords.issue(session, session.scalars(wanted).one())


def _entrance(app: Flask, people: People) -> Screens:
    stranger = Browser(app)
    page = stranger.get("auth.sign_in")
    yield "sign in", page
    yield "sign in, nothing typed", page.submit("Connexion", _refused=200)
    wrong = page.fill({"Identifiant": people.zest.identifier, "Mot de passe": "Faux2026"})
    yield "sign in, wrong password", wrong.submit("Connexion", _refused=200)
    stale = {"identifier": people.zest.identifier, "password": "x", "csrf_token": "old"}
    yield "sign in, page left open", stranger.post("/connexion", stale)
    yield "sign in, asked for a page", stranger.get("family.statement", _lands_on="auth.sign_in")
    many = page.fill({"Identifiant": people.ines.identifier, "Mot de passe": "Faux2026"})
    for _ in range(FREE_TRIES):
        many.submit("Connexion", _refused=200)
    yield "sign in, too many tries", many.submit("Connexion", _refused=429)


def _temporary_password(app: Flask, people: People) -> Screens:
    parent = Browser(app)
    sign_in = parent.get("auth.sign_in")
    yield "forgotten, no identifiant", sign_in.submit("Mot de passe oublié", _refused=200)
    yield "forgotten", parent.get("auth.forgotten_password")
    page = sign_in.fill({"Identifiant": people.newcomer.identifier})
    sent = page.submit("Mot de passe oublié")
    yield "forgotten, sent", sent
    yield "forgotten, sent again", sent.submit("Renvoyer le courriel")
    left_open = {"csrf_token": "old"}
    yield "forgotten, sent, page left open", parent.post(sent.path, left_open)
    with mock.patch.object(throttles, "ADDRESS_REQUESTS", 0):
        yield "forgotten, from where many ask", page.submit("Mot de passe oublié", _refused=429)
        again = sent.submit("Renvoyer le courriel", _refused=429)
        yield "forgotten, again from where many ask", again
    issued = issue(app, people.newcomer)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False):
        late = Browser(app).get("auth.sign_in")
        typed = {"Identifiant": people.newcomer.identifier, "Mot de passe": issued.secret}
        yield "sign in, expired secret", late.fill(typed).submit("Connexion", _refused=200)
        yield (
            "link, expired",
            Browser(app).get("auth.password_link", token=issued.link_token),
        )
    yield "link, unknown", Browser(app).get("auth.password_link", token="forged")
    yield from _link_where_somebody_is_signed_in(app, people)


def _link_where_somebody_is_signed_in(app: Flask, people: People) -> Screens:
    for owner, whose in ((people.zest, "own"), (people.moreau, "somebody else’s")):
        parent = Browser(app)
        parent.sign_in(people.zest)
        path = parent.address("auth.password_link", token=issue(app, owner).link_token)
        yield f"link, signed in, {whose}", parent.visit(path)
        yield f"link, page left open, {whose}", parent.post(path, {"csrf_token": "old"})


def _choice(app: Flask, people: People) -> Screens:
    parent = Browser(app)
    path = parent.address("auth.password_link", token=issue(app, people.newcomer).link_token)
    page = parent.visit(path)
    yield "choose", page
    weak = {"Nouveau mot de passe": WEAK_PASSWORD, "Confirmation mot de passe": "autre"}
    yield "choose, weak", page.fill(weak).submit("Enregistrer", _refused=200)
    good = {"Nouveau mot de passe": GOOD_PASSWORD, "Confirmation mot de passe": GOOD_PASSWORD}
    yield "choose, saved", page.fill(good).submit("Enregistrer")
    yield "link, used", parent.visit(path)
    yield from _letter(app, people)
    yield "choose, no ticket", parent.get("auth.choose_password", _lands_on="auth.sign_in")


def _letter(app: Flask, people: People) -> Screens:
    with letter_codes(app):
        code = code_for(app, people.no_address)
        typed = {"Identifiant": people.no_address.identifier, "Mot de passe": code}
        page = Browser(app).get("auth.sign_in").fill(typed).submit("Connexion")
        yield "choose, by a letter", page
        page = page.fill({"Votre adresse de courriel": "jean"}).submit("Enregistrer", _refused=200)
        yield "choose, by a letter, no address", page
        with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
            late = Browser(app).get("auth.sign_in")
            yield "sign in, expired code", late.fill(typed).submit("Connexion", _refused=200)


def _family(app: Flask, people: People) -> Screens:
    for name, screens in FAMILY_SCREENS.items():
        parent = Browser(app)
        yield f"home, {name}", parent.sign_in(getattr(people, name))
        for screen in screens:
            yield f"{screen}, {name}", parent.get(f"family.{screen}")
    zest = Browser(app)
    zest.sign_in(people.zest)
    yield "invoice", zest.get("family.invoice", public_id=public_id("f59"))
    yield "message", zest.get("family.message", public_id=public_id("m1"))
    yield "messages, one read", zest.get("family.messages")
    yield "missing page, signed in", zest.visit("/nulle-part", 404)
    page = zest.get("auth.change_password")
    yield "change", page
    yield "change, nothing typed", page.submit("Enregistrer", _refused=200)
    yield "change, page left open", zest.post(page.path, {"csrf_token": "old"})
    yield "signed out", zest.get("family.home").submit("Déconnexion")


def _public(app: Flask, people: People) -> Screens:
    stranger = Browser(app)
    for name in STATIC_SCREENS:
        yield name, stranger.get(f"site.{name}")
    yield "guide", stranger.get("auth.guide")
    stranger.sign_in(people.zest)
    yield "guide, signed in", stranger.get("auth.guide")


def _errors(app: Flask) -> Screens:
    stranger = Browser(app)
    view = app.view_functions["site.legal_notice"]
    try:
        for status in ERRORS:
            app.view_functions["site.legal_notice"] = _failing(status)
            yield f"error {status}", stranger.get("site.legal_notice", status)
    finally:
        app.view_functions["site.legal_notice"] = view


def _failing(status: int) -> Callable[[], ResponseReturnValue]:
    return opens_to(Audience.STRANGERS)(lambda: abort(status))
