"""A payer may have one name only: a home, an association."""

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, Guardian
from app.services.accounts import invitations
from app.services.requests.kinds import DETAILS
from tests.blueprints.family.test_account_details import SEND, requests
from tests.support.browser import Browser
from tests.support.people import People, Person

HOME = "FOYER DES TILLEULS"


def call_home(app: Flask, person: Person) -> None:
    """Give somebody the one name of a home, as the town's files do."""
    with app.app_context(), db.transaction() as session:
        guardian = session.scalars(
            select(Guardian).join(Account).where(Account.identifier == person.identifier)
        ).one()
        guardian.title = guardian.first_name = ""
        guardian.last_name = HOME


def test_a_home_reads_its_name_as_it_is(app: Flask, browser: Browser, people: People) -> None:
    """Greeted by it, without the place of a first name."""
    call_home(app, people.zest)
    browser.sign_in(people.zest)
    page = browser.get("family.home")
    assert f"Bienvenue {HOME}" in page.text
    for endpoint in ("family.home", "family.account"):
        page = browser.get(endpoint)
        assert f"Nom {HOME}" in page.text
        assert "Prénom –" not in page.text
        assert "Prénom Non renseigné" not in page.text


def test_the_other_guardian_may_be_an_association(
    app: Flask, browser: Browser, people: People
) -> None:
    """« Mon compte » names it."""
    call_home(app, people.karim)
    browser.sign_in(people.ines)
    assert f"Second responsable {HOME}" in " ".join(browser.get("family.account").text.split())


def test_a_letter_to_a_home_has_its_name(app: Flask, people: People) -> None:
    """On the envelope, nothing before it."""
    call_home(app, people.newcomer)
    with app.app_context():
        names = [person.name for person in invitations.all_new().people]
    assert names == [HOME]


def test_a_home_asks_for_another_name(app: Flask, browser: Browser, people: People) -> None:
    """Nobody asks whether it is Madame or Monsieur, nor for its first name."""
    call_home(app, people.zest)
    browser.sign_in(people.zest)
    page = browser.get("family.change_identity")
    assert "Prénom" not in page.text
    page.fill({"Nom": "MAISON DES TILLEULS"}).submit(SEND)
    assert requests(app) == [(DETAILS, {"last_name": "MAISON DES TILLEULS"})]
