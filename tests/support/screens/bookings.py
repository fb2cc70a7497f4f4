"""« Réservations » in its states: a week to tick, its check, what was saved, places that lack."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.formats import day_and_month
from app.models import (
    Attendance,
    AttendanceState,
    Booking,
    BookingState,
    CalendarSpan,
    Child,
    Service,
    SpanKind,
)
from tests.support.browser import Browser, Page
from tests.support.people import People, Person, public_id
from tests.support.screens.instead import instead_screens
from tests.support.screens.prices import price_screens
from tests.support.screens.proofs import proof_screens
from tests.support.screens.typical_weeks import typical_screens
from tests.support.services import booked_by

# The day before the limit of the canteen of the week that is shown.
BEFORE, AFTER = datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)
WEEK, HOLIDAYS, PUBLIC = "2026-W49", "2026-W52", "2027-W13"
# Far from the days of other screens: the day after the limit of the week of 8 March.
MARCH = datetime(2027, 3, 5, 9, tzinfo=UTC)
CHECK, SAVE = "Continuer", "Enregistrer"

Screens = Iterator[tuple[str, Page]]


def booking_screens(app: Flask, people: People) -> Screens:
    """Go through them as Madame PAYS ZEST does, then as those who come after her."""
    with time_machine.travel(BEFORE, tick=False):
        nobody = Browser(app)
        nobody.sign_in(people.no_address)
        yield "bookings, nobody enrolled", nobody.get("family.bookings")
        yield "history, nothing", nobody.get("family.bookings_history")
        yield "month, nobody enrolled", nobody.get("family.bookings_month", month="2026-12")
        for person in (people.zest, people.moreau, people.ines):
            _enrol(app, person)
        _close(app, date(2027, 3, 29), "lundi de Pâques")
        _places(app, 1)
        yield "guide, with bookings", Browser(app).get("auth.guide")
        yield "waiting, for nothing", nobody.get("family.bookings_awaited")
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
    with time_machine.travel(MARCH, tick=False):
        yield from _miss(app, people)
        yield from instead_screens(app, people)


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
    yield "month", parent.get("family.bookings_month", month="2026-12")
    for name, month in (("the first", "2026-06"), ("the last", "2027-10")):
        yield f"month, {name}", parent.get("family.bookings_month", month=month)
    yield from _history(parent)
    yield "child, with bookings", parent.get("family.child", public_id=public_id("e1"))
    yield "bookings, again", parent.get("family.bookings_week", week=WEEK)
    page = parent.get("family.bookings_week", week="2026-W50", copier="avant")
    yield "bookings, as the week before", page


def _history(parent: Browser) -> Screens:
    yield "history", parent.get("family.bookings_history")
    page = parent.get("family.bookings_history", enfant=public_id("e1"))
    yield "history, of a child", page
    yield "history, of a month without any", parent.get("family.bookings_history", mois="2027-03")


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
    yield from _await(app, people, other)
    page = other.get("family.bookings_week", week=WEEK).fill({_box(app, "e2", 3): True})
    page = page.submit(CHECK, _refused=200)
    _places(app, 1, waiting="none")
    page = page.submit(SAVE)
    yield "bookings, saved, one refused", page
    yield "history, with a refusal", other.get("family.bookings_history")
    third = Browser(app)
    yield "home, a week to book before all", third.sign_in(people.ines)
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


def _miss(app: Flask, people: People) -> Screens:
    """Two days that are too late to cancel, and one that is not."""
    with app.app_context(), db.transaction() as session:
        bookings, eldest = booked_by(session, people.zest)
        bookings.book(eldest, [date(2027, 3, day) for day in (8, 11, 15)], BEFORE)
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.absence")
    yield "absence", page
    yield "absence, nothing ticked", page.submit(CHECK, _refused=200)
    page = page.fill({_missed(app, 8): True, _missed(app, 15): True, "Malade": True})
    page = page.submit(CHECK, _refused=200)
    yield "absence, check", page
    yield "absence, back", page.submit("Modifier", _refused=200)
    page = page.submit("Signaler l’absence")
    yield "absence, declared", page
    yield from proof_screens(app, people, parent, page)
    yield "absence, of what is declared", parent.get("family.absence")
    nobody = Browser(app)
    nobody.sign_in(people.no_address)
    yield "absence, nothing booked", nobody.get("family.absence")


def _missed(app: Flask, number: int) -> str:
    """Name the box of a day of March, with what comes along."""
    with app.app_context():
        midday = select(Service.name).where(Service.slug == "garderie-de-midi")
        name = db.session().scalars(midday).one()
    canteen, child, _ = _box(app, "e1", 30).split(", ")
    day = day_and_month(date(2027, 3, number))
    return f"{canteen}, avec {name}, {child}, {day}"


def _await(app: Flask, people: People, parent: Browser) -> Screens:
    """In a list; then a place is kept, with an end or without."""
    yield "waiting", parent.get("family.bookings_awaited")
    with time_machine.travel(AFTER, tick=False):
        later = Browser(app)
        later.sign_in(people.moreau)
        yield "waiting, too late", later.get("family.bookings_awaited")
    waits = select(Booking).where(Booking.state == BookingState.WAITING).order_by(Booking.id)
    with app.app_context(), db.transaction() as session:
        waiting = {each.id: each.waiting_since for each in session.scalars(waits)}
    for name, until in (("an end", BEFORE + timedelta(hours=6)), ("no end", None)):
        for number in waiting:
            _stand(app, number, BookingState.OFFERED, until, None)
        yield f"waiting, a place is kept with {name}", parent.get("family.bookings_awaited")
        yield f"home, a place is kept with {name}", parent.get("family.home")
    for number in waiting:
        _stand(app, number, BookingState.WAITING, None, None)
    yield "waiting, nobody knows since when", parent.get("family.bookings_awaited")
    for number, since in waiting.items():
        _stand(app, number, BookingState.WAITING, None, since)


def _stand(
    app: Flask, number: int, state: BookingState, until: datetime | None, since: datetime | None
) -> None:
    with app.app_context(), db.transaction() as session:
        booking = session.get_one(Booking, number)
        booking.state, booking.offer_until, booking.waiting_since = state, until, since


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
