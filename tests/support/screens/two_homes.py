"""« Semaines de ce foyer », of one home, of two and of three."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import time_machine
from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import Child, Custody, CustodyDay, Family, FamilyChild
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.people import People, Person, public_id
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]
DECEMBER = datetime(2026, 12, 11, 9, tzinfo=UTC)
ALL, CHECK = "Toutes les semaines", "Voir les dix prochaines"


def two_homes_screens(app: Flask, people: People) -> Screens:
    """Go through them as somebody of the office does, before a week 53."""
    jules = public_id("e5")
    claire, paul = _family(app, people.claire), _family(app, people.moreau)
    with time_machine.travel(DECEMBER, tick=False):
        office = Browser(app)
        sacha = settle(app, "sacha@commune.fr", "Sacha Rey", "secretariat", by_mail=True)
        sign_in_by_mail(office, sacha, Outbox(app))
        with app.app_context(), db.transaction() as session:
            bookings, child = booked_by(session, people.claire)
            bookings.book(child, [date(2027, 2, 1), date(2027, 2, 2)], DECEMBER)
        page = office.get("town_hall.child_weeks", family_id=claire, public_id=jules)
        yield "weeks of two homes", page
        page = page.fill({ALL: False, "Une semaine sur deux": True})
        yield "weeks of two homes, no day", page.submit(CHECK, _refused=200)
        page = office.get("town_hall.child_weeks", family_id=claire, public_id=jules)
        page = page.fill({ALL: False, "Les semaines paires": True}).submit(CHECK, _refused=200)
        yield "weeks of two homes, read over", page
        page = office.get("town_hall.child_weeks", family_id=claire, public_id=jules).fill(
            for_both=False
        )
        page = page.submit(CHECK, _refused=200)
        yield "weeks of two homes, all of them", page
        yield from _days_left(app, office, claire, people)
        page = office.get("town_hall.child_weeks", family_id=paul, public_id=public_id("e2"))
        yield "weeks of the only home", page
        page = page.fill({ALL: False, "Les semaines paires": True}).submit(CHECK, _refused=200)
        yield "weeks of the only home, read over", page
        third = int(paul)
        with app.app_context(), db.transaction() as session:
            child_id = session.scalars(select(Child.id).where(Child.source_id == "e5")).one()
            session.add(FamilyChild(family_id=third, child_id=child_id))
        yield (
            "weeks of three homes",
            office.get("town_hall.child_weeks", family_id=claire, public_id=jules),
        )
        with app.app_context(), db.transaction() as session:
            session.execute(
                delete(FamilyChild).where(
                    FamilyChild.child_id == child_id, FamilyChild.family_id == third
                )
            )


def _days_left(app: Flask, office: Browser, claire: str, people: People) -> Screens:
    """None yet; then one that stands booked, and one that goes back; none of hers is said."""

    def weeks() -> Page:
        return office.get("town_hall.child_weeks", family_id=claire, public_id=public_id("e5"))

    with app.app_context(), db.transaction() as session:
        bookings, jules = booked_by(session, people.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_ODD, date(2026, 9, 1))
        session.execute(delete(CustodyDay))
    yield "weeks of two homes, no day left", weeks()
    with app.app_context(), db.transaction() as session:
        for day in (date(2027, 2, 2), date(2027, 2, 3)):
            session.add(CustodyDay(child_id=jules.id, day=day, family_id=bookings.family_id))
    yield "weeks of two homes, days left", weeks()
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Custody))
    yield "weeks of two homes, days left of none", weeks()
    with app.app_context(), db.transaction() as session:
        session.execute(delete(CustodyDay))


def _family(app: Flask, person: Person) -> str:
    with app.app_context():
        wanted = select(Family.id).where(Family.number == person.family_number)
        return str(db.session().scalars(wanted).one())
