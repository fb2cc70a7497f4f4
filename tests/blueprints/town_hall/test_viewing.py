"""« Voir comme »: a clerk looks at the portal as a parent, and nothing is changed by it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Account, ClerkAccount, Guardian
from app.testing import Outbox
from app.web import printing
from tests.blueprints.family.archives import download
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import every_row
from tests.support.people import People, Person
from tests.support.screens.family_file import number_of
from tests.support.visitors import Visitor, arrive

HELPS = {"reason": "aide"}


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in; the cast is in the portal."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def view_as(office: Browser, app: Flask, person: Person) -> Page:
    """Press the button in the family's file; come to the parent's first page."""
    page = office.get("town_hall.family", family_id=str(number_of(app, person)))
    with app.app_context():
        wanted = select(Guardian.id).join(Account, Account.guardian_id == Guardian.id)
        guardian = db.session().scalars(wanted.where(Account.identifier == person.identifier)).one()
    path = f"{page.path}/comme/{guardian}"
    return office.post(path, {"csrf_token": page.csrf_token} | HELPS)


def test_nadia_sees_what_a_parent_sees(app: Flask, office: Browser, people: People) -> None:
    """For a reason, with a band on top; then back to the file, where it is told."""
    page = view_as(office, app, people.zest)
    assert "Vous voyez le portail comme PAYS ZEST. Lecture seule, jusqu’à" in page.text
    assert "-891,35 €" in page.text
    page = page.submit("Revenir à la mairie")
    assert page.h1 == "Famille ZEST, n° 3816231"
    assert "Portail vu par la mairie tel que ce compte le montre : pour l’aider" in page.text
    office.get("family.home", _lands_on="auth.sign_in")


def test_the_parent_reads_who_looked(app: Flask, office: Browser, people: People) -> None:
    """Whose pages they were, and nobody else of the family."""
    view_as(office, app, people.ines)
    for person, expected in ((people.ines, ["Nadia Petit"]), (people.karim, [])):
        told = download(app, person).data["journal"]
        seen = [line["par"] for line in told if line["acte"].startswith("portail vu")]
        assert seen == expected


def test_looking_at_everything_changes_nothing(
    app: Flask, office: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page of the family's site, with papers and files; then every act, refused."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    claire = arrive(app, people.claire, "Pervenche", 2024)
    token = view_as(office, app, people.claire).csrf_token
    looking = Visitor(office, people.claire, claire.has, token)
    before = every_row(app)
    for path in looking.addresses():
        if path.startswith("/mairie"):
            continue
        for method in ("GET", "HEAD"):
            answer = looking.ask(path, method)
            assert answer.status_code in {200, 302, 404}, f"{method} {path}: {answer.status}"
        assert every_row(app) == before, f"{path} changed something"
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("town_hall."):
            path = address(app, rule.endpoint, claire)
            assert looking.ask(path, "POST").status_code == 403, path
    assert every_row(app) == before
    # The message is unread still.
    assert "Non lu" in claire.browser.get("family.messages").text


def address(app: Flask, endpoint: str, visitor: Visitor) -> str:
    """Return an address of something of the visitor's, or that nothing has."""
    [rule] = app.url_map.iter_rules(endpoint)
    ids = {name: visitor.has.ids.get("message", "0") for name in rule.arguments}
    return visitor.browser.address(endpoint, **ids)


def test_it_lasts_a_quarter_of_an_hour(app: Flask, office: Browser, people: People) -> None:
    """Then a page leads back to the town hall, in one sentence."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        view_as(office, app, people.zest)
        clock.shift(timedelta(minutes=14))
        assert "Lecture seule" in office.get("family.statement").text
        clock.shift(timedelta(minutes=2))
        page = office.get("family.statement", _lands_on="town_hall.day")
        assert "les 15 minutes sont passées" in page.text
        office.get("family.statement", _lands_on="auth.sign_in")


def test_what_was_left_elsewhere_opens_nothing(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Another clerk's browser, a role that was taken away, a clerk who signed out."""
    view_as(office, app, people.zest)
    kept = office.client.get_cookie("vue")
    assert kept is not None
    sam = settle(app, "sam@commune.fr", "Sam Noir", "regie", by_mail=True)
    other = Browser(app)
    sign_in_by_mail(other, sam, outbox)
    other.client.set_cookie("vue", kept.value, domain=kept.domain)
    other.get("family.home", _lands_on="town_hall.day")
    with app.app_context(), db.transaction() as session:
        session.execute(update(ClerkAccount).values(roles=["lecture"]))
    office.get("family.home", _lands_on="town_hall.day")
    with app.app_context(), db.transaction() as session:
        session.execute(update(ClerkAccount).values(roles=["secretariat"]))
    office.client.set_cookie("vue", kept.value, domain=kept.domain)
    assert "Lecture seule" in office.get("family.home").text
    office.get("town_hall.day").submit("Déconnexion")
    office.get("family.home", _lands_on="auth.sign_in")


def test_a_clerk_who_is_a_parent_sees_the_other_family(
    app: Flask, office: Browser, people: People
) -> None:
    """In the browser where they are signed in as a parent; afterwards it is theirs again."""
    office.sign_in(people.moreau)
    page = view_as(office, app, people.zest)
    assert "comme PAYS ZEST" in page.text
    page.submit("Revenir à la mairie")
    assert "Paul MOREAU" in office.get("family.home").text


def test_what_is_the_other_guardian_s_alone_stays_so(
    app: Flask, office: Browser, people: People
) -> None:
    karim = Browser(app)
    karim.sign_in(people.karim)
    page = karim.get("family.request_form", kind="suppression").submit("Continuer", _refused=200)
    page.submit("Envoyer ma demande")
    view_as(office, app, people.karim)
    assert "la suppression" in office.get("family.requests").text
    view_as(office, app, people.ines)
    assert "la suppression" not in office.get("family.requests").text


def test_who_has_left_is_seen_no_more(app: Flask, office: Browser, people: People) -> None:
    page = view_as(office, app, people.archived)
    assert "rouvrez-le d’abord" in page.text
