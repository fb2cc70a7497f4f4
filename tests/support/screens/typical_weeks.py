"""« Semaine type » in its states: nothing to say, said for all weeks, said apart."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import String, cast, delete, update

from app import db
from app.models import DayState, Feed, Service, ServiceDay
from app.services.tokens import quiet_links
from tests.support.browser import Browser, Page
from tests.support.page_checks.text import plain
from tests.support.people import People, public_id
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]
SAVE = "Enregistrer"


def typical_screens(app: Flask, people: People) -> Screens:
    """Go through them as Inès does, whose two children are enrolled."""
    nobody = Browser(app)
    nobody.sign_in(people.no_address)
    yield "typical weeks, nobody enrolled", nobody.get("family.typical_weeks")
    parent = Browser(app)
    parent.sign_in(people.ines)
    yield "typical weeks, nothing said", parent.get("family.typical_weeks")
    page = parent.get("family.typical_week", public_id=public_id("e3"))
    yield "typical week", page
    page = page.fill(
        {_box(page, "all.0.cantine"): True, _box(page, "all.1.garderie-de-midi"): True}
    )
    _offer_midday(app, offered=False)
    page = page.submit(SAVE, _refused=200)
    _offer_midday(app, offered=True)
    yield "typical week, a service is gone", page
    yield "typical weeks, said", page.submit(SAVE)
    page = parent.get("family.typical_week", public_id=public_id("e4"), alternance="oui")
    yield "typical week, every other one", page
    page = page.fill({_box(page, "odd.3.cantine"): True})
    yield "typical weeks, apart", page.submit(SAVE)
    yield "typical week, apart", parent.get("family.typical_week", public_id=public_id("e4"))
    page = parent.get("family.bookings_week", week="2026-W50", type="oui")
    yield "bookings, as the typical week", page
    yield from _apply(app, people, parent)
    page = parent.get("family.agenda")
    yield "agenda, nothing made", page
    page = page.submit("Faire mon adresse")
    yield "agenda", page
    page = page.fill({"Écrire les prénoms en entier, et non l’initiale": True})
    yield "agenda, first names", page.submit("Nouveau lien")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Feed).values(token_hash=cast(Feed.id, String)))
    page = parent.get("family.agenda")
    yield "agenda, not to be read again", page
    yield "agenda, ended", page.submit("Ne plus rien publier")
    yield "quiet week, no such link", Browser(app).get("family.quiet_week", token="x")
    with app.app_context():
        token = quiet_links.token_for(people.ines.identifier, "2026-W50")
    page = Browser(app).get("family.quiet_week", token=token)
    yield "quiet week", page
    yield "quiet week, said", page.submit("Rien cette semaine, c’est voulu")


def _apply(app: Flask, people: People, parent: Browser) -> Screens:
    """The weeks on both sides of New Year's Day, the 53rd of which is odd as the next one."""
    days = [date(2026, 11, 30) + timedelta(days=ahead) for ahead in range(33)]
    with app.app_context(), db.transaction() as session:
        bookings, eldest = booked_by(session, people.ines)
        bookings.say_typical(eldest, 0, 1, 3, 4)
        gone = [date(2027, 1, 5)]
        bookings.book(eldest, gone, datetime.now(UTC), cancelled=gone)
        session.execute(delete(ServiceDay).where(ServiceDay.day.in_(days)))
        strike = {"state": DayState.CLOSED, "reason": "Grève"}
        canteen = bookings.services[0].id
        session.add_all(ServiceDay(service_id=canteen, day=day, **strike) for day in days)
    page = parent.get("family.typical_weeks").fill({"Du": "2026-11-30", "Au": "2027-01-08"})
    whole = page.submit("Continuer", _refused=200)
    yield "typical weeks, to apply", whole
    with app.app_context(), db.transaction() as session:
        session.execute(delete(ServiceDay).where(ServiceDay.day.in_(days)))
    yield "typical weeks, changed meanwhile", whole.submit(SAVE, _refused=200)
    yield (
        "typical weeks, upside down",
        page.fill({"Au": "2026-11-27"}).submit("Continuer", _refused=200),
    )
    yield "typical weeks, no date", page.fill({"Au": ""}).submit("Continuer", _refused=200)


def _box(page: Page, name: str) -> str:
    """Read what a box is called, whatever the town calls its services."""
    label = page.soup.find("label", {"for": f"c-{name}"})
    assert label is not None
    return plain(label.get_text())


def _offer_midday(app: Flask, *, offered: bool) -> None:
    gone = None if offered else datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        session.execute(
            update(Service).where(Service.slug == "garderie-de-midi").values(archived_at=gone)
        )
