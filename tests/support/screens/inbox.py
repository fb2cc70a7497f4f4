"""« Boîte de réception » in its states: filled, empty, searched, answered, archived."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask

from app import db
from app.models import Message
from app.services.inbox import desk
from tests.support.browser import Browser, Page
from tests.support.people import TOWN_HALL, People, public_id


def inbox_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Read, answer, archive, search."""
    parent = Browser(app)
    parent.sign_in(people.karim)
    yield "inbox, archived ones, none yet", parent.get("family.messages", filtre="archives")
    page = parent.get("family.message", public_id=public_id("m1"))
    stale = {"csrf_token": "old", "reply": "Merci."}
    yield "message, page left open", parent.post(f"{page.path}/repondre", stale)
    yield "message, nothing answered", page.submit("Envoyer ma réponse", _refused=200)
    page = page.fill({"Votre réponse": "Merci.\nhttps://exemple.fr/menu"})
    page = page.submit("Envoyer ma réponse")
    yield "message, answered", page
    yield "inbox, one answered", parent.get("family.messages")
    yield "inbox, all read", parent.get("family.messages", filtre="non-lus")
    yield "inbox, found", parent.get("family.messages", recherche="GARDERIE")
    yield "inbox, nothing found", parent.get("family.messages", recherche="piscine")
    yield "inbox, one just archived", page.submit("Archiver ce message")
    yield "inbox, archived ones", parent.get("family.messages", filtre="archives")
    yield "message, archived", parent.get("family.message", public_id=public_id("m1"))
    with app.app_context():
        number = db.session().query(Message).filter_by(source_id="m1").one().id
        desk.answer(number, people.karim.family_number, "À mardi, 9 heures.", TOWN_HALL)
    yield "inbox, answered by the town hall", parent.get("family.messages")
    other = Browser(app)
    other.sign_in(people.moreau)
    with app.app_context(), db.transaction() as session:
        mine = session.query(Message).filter_by(source_id="m3").one()
        mine.corrected_at = datetime.now(UTC)
    yield (
        "message, takes no answer, corrected",
        other.get("family.message", public_id=public_id("m3")),
    )
    other.get("family.message", public_id=public_id("m1"))
    yield "home, nothing new", other.get("family.home")
