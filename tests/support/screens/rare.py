"""What few meet: a file almost empty, direct debit, one of everything, the town's own words."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, db
from app.models import Account, Child, FamilyChild, Guardian
from app.services import town_texts
from app.services.requests import desk, desk_listing
from app.settings import EXTENSION
from configuring.requests import KINDS as REQUEST_KINDS
from tests.support.belongings import furnish
from tests.support.browser import Browser, Page
from tests.support.people import TOWN_HALL, People, Person, public_id

ROOT = Path(__file__).parents[3]
PHOTO = ROOT / "demo" / "photos" / "enfant-7001.png"
CREST = ROOT / "app" / "static" / "favicon.svg"
MARK = "DUBOIS"
YEAR = 2026
# When what Madame DUBOIS owes is due, and two days later.
IN_TIME = datetime(2026, 10, 31, 11, tzinfo=UTC)
TOO_LATE = datetime(2026, 11, 2, 11, tzinfo=UTC)
TOWN_TEXT = """\
Par carte

Sur www.payfip.gouv.fr, à toute heure.
Gardez votre facture sous la main.

- Par chèque, à l’ordre du Trésor public
- En espèces, chez un buraliste
"""

Screens = Iterator[tuple[str, Page]]


def rare_screens(app: Flask, people: People) -> Screens:
    """Go through them, the poorest file first."""
    yield from _almost_empty(app, people.no_address)
    yield from _debited(app, people.claire)
    yield from _one_of_everything(app, people.claire)
    yield from _many_requests(app, people.moreau)
    yield from _talkative_town(app, people)


def _almost_empty(app: Flask, person: Person) -> Screens:
    with app.app_context(), db.transaction() as session:
        guardian = _guardian(session, person)
        family = guardian.family
        family.street = family.postcode = family.city = ""
        guardian.mobile, guardian.birth_date = "poste 12", date(1984, 1, 21)
    parent = Browser(app)
    yield "home, almost empty file", parent.sign_in(person)
    parent.get("family.message", public_id=public_id("m1")).submit("Archiver ce message")
    yield "home, no message", parent.get("family.home")
    yield "account, almost empty file", parent.get("family.account")
    yield "children, none", parent.get("family.children")
    yield "requests, no child", parent.get("family.request_form", kind="cantine")
    yield "requests, no invoice", parent.get("family.request_form", kind="facture")
    with app.app_context(), db.transaction() as session:
        newborn = Child(source_id="e9", first_name="Léa", last_name=person.last_name)
        session.add(newborn)
        session.flush()
        session.add(
            FamilyChild(family_id=_guardian(session, person).family_id, child_id=newborn.id)
        )
    yield "home, almost unknown child", parent.get("family.home")
    yield "children, almost unknown child", parent.get("family.children")


def _debited(app: Flask, person: Person) -> Screens:
    yield "home, due today", _home_at(IN_TIME, app, person)
    with app.app_context(), db.transaction() as session:
        _guardian(session, person).family.direct_debit = True
    yield "home, debited", _home_at(IN_TIME, app, person)
    yield "home, debited too late", _home_at(TOO_LATE, app, person)
    for name, moment in (("debited", IN_TIME), ("debited too late", TOO_LATE)):
        with time_machine.travel(moment, tick=False):
            parent = Browser(app)
            parent.sign_in(person)
            yield f"statement, {name}", parent.get("family.statement", annee="2026-2027")
            opened = parent.get("family.invoice", public_id=public_id("f62"))
            yield f"invoice, {name}", opened


def _home_at(moment: datetime, app: Flask, person: Person) -> Page:
    with time_machine.travel(moment, tick=False):
        return Browser(app).sign_in(person)


def _one_of_everything(app: Flask, person: Person) -> Screens:
    photos = Path(app.instance_path) / "photos"
    photos.mkdir(exist_ok=True)
    shutil.copy(PHOTO, photos)
    with app.app_context(), db.transaction() as session:
        session.query(Child).filter_by(source_id="e5").one().photo = PHOTO.name
        guardian = _guardian(session, person)
        guardian.phone, guardian.work_phone = "0476000002", "0476000003"
    has = furnish(app, person, MARK, YEAR)
    parent = Browser(app)
    yield "home, one of everything", parent.sign_in(person)
    for page in ("account", "children", "messages"):
        yield f"{page}, one of everything", parent.get(f"family.{page}")
    for page in ("child", "message", "request"):
        opened = parent.get(f"family.{page}", public_id=has.ids[page])
        yield f"{page}, one of everything", opened


def _many_requests(app: Flask, person: Person) -> Screens:
    """More than the home page lists, two of them without a piece."""
    parent = Browser(app)
    parent.sign_in(person)
    for wish in ("Un banc", "Un arbre", "Un abri", "Un portail"):
        page = parent.get("family.request_form", kind="autre").fill({"Votre demande": wish})
        page.submit("Continuer", _refused=200).submit("Envoyer ma demande")
    yield "home, requests", parent.get("family.home")
    with app.app_context():
        ours = (
            each
            for each in desk_listing.listed().items
            if each.family_number == person.family_number
        )
        for line in islice(ours, 2):
            desk.ask(line.number, "Un plan", TOWN_HALL)
    yield "home, pieces missing", parent.get("family.home")


def _talkative_town(app: Flask, people: People) -> Screens:
    """Texts in each place that takes one, a coat of arms, a site; requests go by phone."""
    instance = Path(app.instance_path)
    folder = instance / town_texts.FOLDER
    folder.mkdir()
    for name in town_texts.NAMES:
        (folder / f"{name}.txt").write_text(TOWN_TEXT, "utf-8")
    shutil.copy(CREST, instance)
    settings = replace(
        app.extensions[EXTENSION],
        town_crest=CREST.name,
        town_website="https://www.exemple.fr",
        source_url="https://forge.exemple.fr/portail",
        # What no telephone can dial from elsewhere.
        town_phone="poste 12",
    )
    talkative = create_app(settings)
    parent = Browser(talkative)
    parent.sign_in(people.zest)
    # As somebody had it open before the bookings were.
    kept_open = parent.get("family.request_form", kind="absence", etape="correction")
    yield "absence, the town's own", kept_open
    yield "absence of a day, the town’s own", parent.get("family.absence")
    talkative.extensions[db.EXTENSION].dispose()
    talkative = create_app(replace(settings, request_kinds_off=REQUEST_KINDS))
    parent = Browser(talkative)
    for page in ("legal_notice", "personal_data", "accessibility", "source"):
        yield f"{page}, the town's own", parent.get(f"site.{page}")
    yield "home, the town's own", parent.sign_in(people.zest)
    yield "invoice, the town's own", parent.get("family.invoice", public_id=public_id("f59"))
    yield "requests, no kind", parent.get("family.new_request")
    reader = Browser(talkative)
    reader.sign_in(people.moreau)
    yield "message, no kind", reader.get("family.message", public_id=public_id("m3"))
    talkative.extensions[db.EXTENSION].dispose()


def _guardian(session: Session, person: Person) -> Guardian:
    return session.query(Account).filter_by(identifier=person.identifier).one().guardian
