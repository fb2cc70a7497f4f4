"""« Nos semaines » in each of its states, and what home says of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import delete, select

from app import db
from app.models import (
    Child,
    Custody,
    CustodyDay,
    CustodyPattern,
    CustodyProposal,
    Family,
    FamilyChild,
)
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]
# In her weeks and in his.
DAY_OF_HERS, DAY_OF_HIS = date(2027, 1, 5), date(2027, 1, 12)
JULES, CHECK = public_id("e5"), "Voir les dix prochaines"


def our_weeks_screens(app: Flask, people: People) -> Screens:
    """Go through them in December, before a week 53."""
    mother, father = Browser(app), Browser(app)
    mother.sign_in(people.claire)
    father.sign_in(people.marc)
    page = mother.get("family.our_weeks", public_id=JULES)
    yield "our weeks", page
    page = page.fill({"Une semaine sur deux": True})
    yield "our weeks, no day", page.submit(CHECK, _refused=200)
    page = mother.get("family.our_weeks", public_id=JULES).fill({"Les semaines impaires": True})
    page = page.submit(CHECK, _refused=200)
    yield "our weeks, read over", page
    yield "our weeks, proposed", page.submit("Proposer")
    for day in (DAY_OF_HERS, DAY_OF_HIS):
        with app.app_context(), db.transaction() as session:
            claire = select(Family.id).where(Family.number == people.claire.family_number)
            his = select(Family.id).where(Family.number == people.marc.family_number)
            jules = session.scalars(select(Child.id).where(Child.source_id == "e5")).one()
            owner = session.scalars(his if day == DAY_OF_HERS else claire).one()
            session.add(CustodyDay(child_id=jules, day=day, family_id=owner))
    yield "our weeks, days left and received", mother.get("family.our_weeks", public_id=JULES)
    yield from _days_of_week(app, people, mother)
    yield "child, weeks proposed", mother.get("family.child", public_id=JULES)
    yield "our weeks, to answer", father.get("family.our_weeks", public_id=JULES)
    yield "child, weeks to answer", father.get("family.child", public_id=JULES)
    yield "home, weeks to answer", father.get("family.home")
    with app.app_context(), db.transaction() as session:
        # Another child of his, whose other home is Monsieur MOREAU's.
        zoe = session.scalars(select(Child.id).where(Child.source_id == "e2")).one()
        numbers = (people.marc.family_number, people.moreau.family_number)
        marc, paul = (
            session.scalars(select(Family.id).where(Family.number == number)).one()
            for number in numbers
        )
        session.add(FamilyChild(family_id=marc, child_id=zoe))
        session.add(
            CustodyProposal(
                child_id=zoe, family_id=paul, pattern=CustodyPattern.ALTERNATE, handover=4,
                anchor=date(2026, 12, 11), proposed_at=datetime.now(UTC),
            )
        )  # fmt: skip
    yield "home, weeks of two children to answer", father.get("family.home")
    with app.app_context(), db.transaction() as session:
        session.execute(delete(CustodyProposal))
        theirs = (FamilyChild.child_id == zoe) & (FamilyChild.family_id == marc)
        session.execute(delete(FamilyChild).where(theirs))
    parent = Browser(app)
    parent.sign_in(people.zest)
    yield "our weeks, of the only home", parent.get("family.our_weeks", public_id=public_id("e1"))


def _days_of_week(app: Flask, people: People, mother: Browser) -> Screens:
    """The week and the month of a day that she left, while her weeks are said."""
    with app.app_context(), db.transaction() as session:
        bookings, jules = booked_by(session, people.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_ODD, date(2026, 9, 1))
    yield "bookings, a day left", mother.get("family.bookings_week", week="2027-W01")
    yield "month, a day left", mother.get("family.bookings_month", month="2027-01")
    yield "our weeks, with weeks", mother.get("family.our_weeks", public_id=JULES)
    with app.app_context(), db.transaction() as session:
        theirs, jules = booked_by(session, people.marc)
        theirs.enrol(jules, date(2026, 9, 1))
        theirs.book(jules, [DAY_OF_HERS], datetime.now(UTC))
    yield "our weeks, a day left and booked", mother.get("family.our_weeks", public_id=JULES)
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Custody))
