"""« Journal » in its states: acts of everybody, none like what is looked for."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Family
from app.services import journal
from app.services.actors import Command, Origin, Stranger
from tests.support.browser import Browser, Page

Screens = Iterator[tuple[str, Page]]


def journal_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as somebody who may do everything."""
    with app.app_context(), db.transaction() as session:
        family = session.scalars(select(func.min(Family.id))).one()
        journal.record_of_family(session, "family_opened", Command("Sacha BRUN"), family)
        somebody = Stranger(Origin("192.0.2.7"))
        journal.record(session, "sign_in_failed", somebody, None, identifier="11")
        journal.record(session, "credentials_flooded", somebody, None)
    yield "journal", office.get("town_hall.journal")
    yield "journal, none like it", office.visit("/mairie/journal?famille=xylophone")
