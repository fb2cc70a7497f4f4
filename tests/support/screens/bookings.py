"""« Réservations » in its states: a week to tick, its check, what was saved, places that lack."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.formats import day_and_month
from app.models import Attendance, AttendanceState, CalendarSpan, Child, Service, SpanKind
from tests.support.browser import Browser, Page
from tests.support.people import People, Person, public_id
from tests.support.screens.prices import price_screens
from tests.support.screens.typical_weeks import typical_screens
from tests.support.services import booked_by

# The day before the limit of the canteen of the week that is shown.
BEFORE, AFTER = datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)
WEEK, HOLIDAYS, PUBLIC = "2026-W49", "2026-W52", "2027-W13"
CHECK, SAVE = "Continuer", "Enregistrer"

Screens = Iterator[tuple[str, Page]]


def booking_screens(app: Flask, people: People) -> Screens:
    """Go through them as Madame PAYS ZEST does, then as those who come after her."""
    with time_machine.travel(BEFORE, tick=False):
        nobody = Browser(app)
        nobody.sign_in(people.no_address)
        yield "bookings, nobody enrolled", nobody.get("family.bookings")
        for person in (people.zest, people.moreau, people.ines):
            _enrol(app, person)
        _close(app, date(2027, 3, 29), "lundi de Pâques")
        _places(app, 1)
        yield "guide, with bookings", Browser(app).get("auth.guide")
        parent = Browser(app)
        yield "home, with bookings", parent.sign_in(people.zest)
        yield "child, nothing booked", parent.get("family.child", public_id=public_id("e1"))
        _come(app, "e1", BEFORE)
        yield "child, who came unbooked", parent.get("family.child", public_id=public_id("e1"))
        yield from _tick(app, parent)
        yield from _wait(app, people)
        yield from _change(app, parent)
        yield from price_screens(app, parent, "2026-W51", _thursday(app, "e1"))
        yield from typical_screens(app, people)
    with time_machine.travel(AFTER, tick=False):
        late = Browser(app)
        late.sign_in(people.zest)
        yield "bookings, too late", late.get("family.bookings_week", week=WEEK)


def _tick(app: Flask, parent: Browser) -> Screens:
    page = parent.get("family.bookings")
    yield "bookings", page
    yield "bookings, nothing ticked", page.submit(CHECK, _refused=200)
    yield "bookings, holidays", parent.get("family.bookings_week", week=HOLIDAYS)
    yield "bookings, a public holiday", parent.get("family.bookings_week", week=PUBLIC)
    for name, week in (("the first", "2026-W22"), ("the last", "2027-W47")):
        yield f"bookings, {name} week", parent.get("family.bookings_week", week=week)
    page = page.fill({_box(app, "e1", 30): True, _box(app, "e1", 3): True})
    page = page.submit(CHECK, _refused=200)
    yield "bookings, check", page
    yield "bookings, back", page.submit("Modifier", _refused=200)
    yield "bookings, saved", page.submit(SAVE)
    yield "child, with bookings", parent.get("family.child", public_id=public_id("e1"))
    yield "bookings, again", parent.get("family.bookings_week", week=WEEK)
    page = parent.get("family.bookings_week", week="2026-W50", copier="avant")
    yield "bookings, as the week before", page


def _wait(app: Flask, people: People) -> Screens:
    """There was one place: whoever comes next waits for the other days too, or is refused."""
    other = Browser(app)
    other.sign_in(people.moreau)
    page = other.get("family.bookings_week", week=WEEK)
    yield "bookings, full", page
    page = page.fill({_box(app, "e2", 30): True, _box(app, "e2", 4): True}).submit(
        CHECK, _refused=200
    )
    yield "bookings, check, waits", page
    yield "bookings, saved, waits", page.submit(SAVE)
    yield "bookings, waits", other.get("family.bookings_week", week=WEEK)
    page = other.get("family.bookings_week", week=WEEK).fill({_box(app, "e2", 3): True})
    page = page.submit(CHECK, _refused=200)
    _places(app, 1, waiting="none")
    page = page.submit(SAVE)
    yield "bookings, saved, one refused", page
    third = Browser(app)
    third.sign_in(people.ines)
    page = third.get("family.bookings_week", week=WEEK)
    _places(app, 1, waiting="automatic")
    page = third.get("family.bookings_week", week=WEEK).fill({_box(app, "e3", 30): True})
    _places(app, 1, waiting="none")
    yield "bookings, check, impossible", page.submit(CHECK, _refused=200)
    _places(app, 1, waiting="automatic")
    with app.app_context(), db.transaction() as session:
        bookings, eldest = booked_by(session, people.ines)
        youngest = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        bookings.enrol(youngest, date(2026, 9, 2))
        bookings.book(eldest, [date(2026, 12, 8)], BEFORE)
    page = third.get("family.bookings_week", week="2026-W50", comme=public_id("e3"))
    yield "bookings, as one child", page
    elsewhere = Browser(app)
    elsewhere.sign_in(people.claire)
    yield "bookings, the other home’s week", elsewhere.get("family.bookings_week", week=WEEK)


def _change(app: Flask, parent: Browser) -> Screens:
    """What somebody else changed meanwhile is told, until it is what one wants."""
    page = parent.get("family.bookings_week", week=WEEK)
    early = page.fill({_box(app, "e1", 30): False}).submit(CHECK, _refused=200)
    yield "bookings, check, given back", early
    other = parent.get("family.bookings_week", week=WEEK).fill({_box(app, "e1", 3): False})
    other.submit(CHECK, _refused=200).submit(SAVE)
    yield "bookings, changed meanwhile", early.submit(SAVE, _refused=200)
    page = page.fill({_box(app, "e1", 3): True}).submit(CHECK, _refused=200)
    yield "bookings, check, changed", page


def _thursday(app: Flask, source_id: str) -> str:
    """Name the box of another week."""
    return _box(app, source_id, 3).replace("3\u00a0décembre", "17\u00a0décembre")


def _box(app: Flask, source_id: str, number: int) -> str:
    """Name the box of the canteen, as whoever hears it does."""
    day = date(2026, 11 if number > 4 else 12, number)
    with app.app_context():
        canteen = select(Service.name).where(Service.slug == "cantine")
        child = select(Child.first_name).where(Child.source_id == source_id)
        names = db.session().scalars(canteen).one(), db.session().scalars(child).one()
    return ", ".join((*names, day_and_month(day)))


def _come(app: Flask, source_id: str, at: datetime) -> None:
    """Have somebody come the day before, without a booking."""
    with app.app_context(), db.transaction() as session:
        canteen = session.scalars(select(Service).where(Service.slug == "cantine")).one()
        child = session.scalars(select(Child).where(Child.source_id == source_id)).one()
        session.add(
            Attendance(
                child_id=child.id, service_id=canteen.id, day=at.date() - timedelta(days=1),
                state=AttendanceState.PRESENT, at=at, client_key="0" * 32,
            )
        )  # fmt: skip


def _enrol(app: Flask, person: Person) -> None:
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, person)
        bookings.enrol(child, date(2026, 9, 2))


def _close(app: Flask, day: date, name: str) -> None:
    with app.app_context(), db.transaction() as session:
        session.add(CalendarSpan(kind=SpanKind.PUBLIC, first=day, last=day, name=name))


def _places(app: Flask, count: int, **changes: str) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(
            update(Service).where(Service.slug == "cantine").values(capacity=count, **changes)
        )
