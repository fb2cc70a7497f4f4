"""« Qui vient » in its states: no service, nobody, a day closed, a list, and one that changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingState,
    CalendarSpan,
    Child,
    FamilyChild,
    HealthKind,
    HealthMark,
    Service,
    ServiceGroup,
    ServiceKind,
    SpanKind,
)
from app.services.actors import PORTAL
from app.services.bookings import invoicing
from app.services.bookings.morning import attendance
from app.services.clerks import team
from app.services.tokens import day_links
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import LAUNCHED, Clerk, settle, sign_in_by_mail
from tests.support.people import People, public_id
from tests.support.services import booked_by
from tests.support.tablets import press

Screens = Iterator[tuple[str, Page]]
# A Friday, and days on which other screens book nothing.
BEFORE = datetime(2027, 1, 8, 9, tzinfo=UTC)
MONDAY, CLOSED = date(2027, 1, 11), date(2027, 1, 18)


def expected_screens(app: Flask, people: People) -> Screens:
    """Go through them as somebody of the office does, some Friday."""
    with time_machine.travel(BEFORE, tick=False):
        office = Browser(app)
        morgan = settle(app, "morgan@commune.fr", "Morgan Roy", "secretariat", by_mail=True)
        sign_in_by_mail(office, morgan, Outbox(app))
        yield from _expected(app, people, office)


def _expected(app: Flask, people: People, office: Browser) -> Screens:
    _offer(app, is_offered=False)
    yield "who comes, no service", office.get("town_hall.expected")
    yield "head counts, no service", office.get("town_hall.head_counts")
    _offer(app, is_offered=True)
    _book(app, people)
    yield "who comes", office.get("town_hall.expected", day=MONDAY.isoformat())
    yield "who comes, a closed day", office.get("town_hall.expected", day=CLOSED.isoformat())
    yield "who comes, the next day", office.get("town_hall.expected")
    yield "who comes, the canteen", _canteen(office)
    yield from _groups(app, office)
    for path in ("", "?service=cantine"):
        office.fetch(f"/mairie/jour/{MONDAY}/liste.csv{path}")
    yield from _health(app, office)
    yield "who comes, a paper is made", _canteen(office)
    yield "head counts", office.get("town_hall.head_counts", semaine="2027-W02")
    page = office.get("town_hall.head_counts", semaine="2027-W02", service="cantine")
    page = page.fill(address="cuisine").submit("Commander", _refused=None)
    yield "head counts, no address", page
    page = page.fill(address="cuisine@traiteur.fr").submit("Commander")
    yield "head counts, ordered", page
    yield (
        "head counts, of the midday",
        office.get("town_hall.head_counts", semaine="2027-W02", service="garderie-de-midi"),
    )
    yield "head counts, a closed week", office.get("town_hall.head_counts", semaine="2027-W03")
    yield from _check_in(app, office)
    _cancel(app)
    page = office.get("town_hall.head_counts", semaine="2027-W02", service="cantine")
    yield "head counts, changed since the order", page
    yield "who comes, changed", office.get("town_hall.expected", day=MONDAY.isoformat())
    yield "who comes, the canteen changed", _canteen(office)
    _usually(app, people)
    yield "who comes, some did not book", _canteen(office)


def _usually(app: Flask, people: People) -> None:
    """Two children come each Monday, one of them of no class, and booked nothing."""
    with app.app_context(), db.transaction() as session:
        for person, class_name in ((people.claire, "CE2"), (people.zest, "")):
            bookings, child = booked_by(session, person)
            child.class_name = class_name
            session.execute(
                update(Booking)
                .where(Booking.child_id == child.id, Booking.day == MONDAY)
                .values(day=MONDAY - timedelta(days=28))
            )
            bookings.enrol(child, MONDAY)
            bookings.say_typical(child, MONDAY.weekday())


def _groups(app: Flask, office: Browser) -> Screens:
    """Some of those who eat have places of their own, for a moment."""
    with app.app_context(), db.transaction() as session:
        eats = select(Booking).where(Booking.day == MONDAY).order_by(Booking.id).limit(1)
        group = ServiceGroup(
            service_id=session.scalars(select(Service.id).where(Service.slug == "cantine")).one(),
            name="Élémentaire", capacity=80, schools=[], classes=[],
        )  # fmt: skip
        session.add(group)
        session.flush()
        first = session.scalars(eats).one()
        of_child = Booking.child_id == first.child_id
        here = of_child & (Booking.day == MONDAY) & (Booking.service_id == group.service_id)
        session.execute(update(Booking).where(here).values(group_id=group.id))
        number = group.id
    yield "who comes, by group", _canteen(office)
    for name, group_name in (("a group", "Élémentaire"), ("in no group", "")):
        page = office.visit(f"/mairie/jour/{MONDAY}?service=cantine&groupe={group_name}")
        yield f"who comes, {name}", page
    with app.app_context(), db.transaction() as session:
        session.execute(update(Booking).where(Booking.day == MONDAY).values(group_id=0))
        session.delete(session.get_one(ServiceGroup, number))


def _health(app: Flask, office: Browser) -> Screens:
    """What is known of the child who eats is typed in its family's file, and read on the list."""
    with app.app_context(), db.transaction() as session:
        zoe = session.scalars(select(Child).where(Child.source_id == "e2")).one()
        home = select(FamilyChild.family_id).where(FamilyChild.child_id == zoe.id)
        family_id, public_id = str(session.scalars(home).one()), zoe.public_id
        # It was known until yesterday.
        over = HealthMark(
            child_id=zoe.id, kind=HealthKind.DIET, words="sans gluten", written_at=BEFORE,
            until=BEFORE.date() - timedelta(days=1), acted_by="Morgan Roy",
        )  # fmt: skip
    page = office.get("town_hall.child_health", family_id=family_id, public_id=public_id)
    yield "health, nothing known", page
    yield "health, nothing typed", page.submit("Enregistrer", _refused=200)
    page = page.fill(words="arachide, trousse à l’accueil").submit("Enregistrer")
    yield (
        "health, too late",
        page.fill(words="lait", until="01/09/2026").submit("Enregistrer", _refused=200),
    )
    with app.app_context(), db.transaction() as session:
        session.add(over)
    yield (
        "health, one thing known, another over",
        office.get("town_hall.child_health", family_id=family_id, public_id=public_id),
    )
    yield "who comes, and what their health asks", _canteen(office)


def _check_in(app: Flask, office: Browser) -> Screens:
    """A tablet of Monday: some are there, one was not expected, all the others are absent."""
    monday = datetime(2027, 1, 11, 10, 32, tzinfo=UTC)
    with app.app_context():
        roll = attendance.of_slug("soir", MONDAY)
        assert roll is not None
        evening = day_links.token_for(roll.service.number, MONDAY)
    page = office.get("town_hall.check_in_link", day=MONDAY.isoformat(), service="cantine")
    yield "attendance, another day", page
    with time_machine.travel(monday, tick=False):
        come = Browser(app)
        yield "check-in, a garderie", come.get("site.check_in", token=evening)
        with app.app_context():
            canteen = attendance.of_slug("cantine", MONDAY)
            assert canteen is not None
            path = f"/pointage/{day_links.token_for(canteen.service.number, MONDAY)}"
        page = come.visit(path)
        yield "check-in", page
        zoe, adam = (public_id(each) for each in ("e2", "e3"))
        for act, child in (("la", zoe), ("la", public_id("e4")), ("absent", adam)):
            page = press(page, act, child)
        yield "check-in, pressed", page
        page = come.get("site.check_in", token=evening)
        for act, child in (("la", zoe), ("parti", zoe)):
            page = press(page, act, child)
        yield "check-in, gone", page
        with app.app_context():
            invoicing.invoice(MONDAY, PORTAL)
        yield "check-in, invoiced", come.visit(path)
        with app.app_context():
            invoicing.open_again(MONDAY, PORTAL)
        lou = Browser(app)
        clerk = settle(app, "lou.roy@commune.fr", "Lou Roy", "cantine", by_mail=True)
        sign_in_by_mail(lou, clerk, Outbox(app))
        there = {"day": MONDAY.isoformat(), "service": "cantine"}
        yield "attendance, today", lou.visit(lou.address("town_hall.check_in_link", **there))
        yield "who comes, for who minds them", lou.get("town_hall.expected")
        yield "who comes, for who works for one service", _of_one_service(app, clerk)
    tuesday = MONDAY + timedelta(days=1)
    with time_machine.travel(monday + timedelta(days=1), tick=False):
        with app.app_context():
            token = day_links.token_for(canteen.service.number, tuesday)
        yield "check-in, nobody expected", Browser(app).get("site.check_in", token=token)
    yield "check-in, over", Browser(app).get("site.check_in", token="forged")


def _of_one_service(app: Flask, clerk: Clerk) -> Page:
    with app.app_context():
        [public_id] = [each.public_id for each in team.colleagues() if each.email == clerk.email]
        team.change_roles(LAUNCHED, public_id, ["cantine"], ["cantine"])
    browser = Browser(app)
    sign_in_by_mail(browser, clerk, Outbox(app))
    return browser.get("town_hall.expected")


def _canteen(office: Browser) -> Page:
    return office.get("town_hall.expected", day=MONDAY.isoformat(), service="cantine")


def _offer(app: Flask, *, is_offered: bool) -> None:
    with app.app_context(), db.transaction() as session:
        # Other screens leave one place.
        session.execute(
            update(Service).values(archived_at=None if is_offered else BEFORE, capacity=None)
        )


def _book(app: Flask, people: People) -> None:
    """Two children eat, one of whom stays until the evening; others lack a class, or are ill."""
    with app.app_context(), db.transaction() as session:
        booked, eldest = booked_by(session, people.moreau)
        booked.book(eldest, [MONDAY], BEFORE)
        ines, adam = booked_by(session, people.ines)
        ines.book(adam, [MONDAY], BEFORE)
        # She may come, and nothing is booked for her.
        sofia = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        ines.enrol(sofia, BEFORE.date())
        adam.school = adam.class_name = ""
        theirs = select(Booking).where(Booking.child_id == adam.id, Booking.day == MONDAY)
        for each in session.scalars(theirs):
            each.state = BookingState.ABSENT
        evening = Service(
            source_id="soir", slug="soir", name="Garderie du soir", kind=ServiceKind.GARDERIE,
            weekdays=0b11011, ends_at=18 * 60 + 30, position=2,
        )  # fmt: skip
        session.add(evening)
        session.flush()
        first = session.scalars(
            select(Booking).where(Booking.child_id == eldest.id, Booking.day == MONDAY)
        ).first()
        assert first is not None
        session.add(
            Booking(
                child_id=eldest.id, service_id=evening.id, day=MONDAY, family_id=first.family_id,
                state=BookingState.BOOKED, origin=first.origin, late=True,
            )
        )  # fmt: skip
        session.add(
            CalendarSpan(
                kind=SpanKind.TOWN, first=CLOSED, last=CLOSED + timedelta(days=4), name="Travaux"
            )
        )


def _cancel(app: Flask) -> None:
    """One goes, once the paper was made."""
    with app.app_context(), db.transaction() as session:
        child = select(Child.id).where(Child.source_id == "e2")
        theirs = select(Booking).where(Booking.child_id.in_(child), Booking.day == MONDAY)
        for each in session.scalars(theirs):
            each.state = BookingState.CANCELLED
            session.add(
                BookingEvent(
                    booking_id=each.id, family_id=each.family_id,
                    at=BEFORE + timedelta(minutes=5), kind=BookingEventKind.CANCELLED,
                    old=BookingState.BOOKED, new=BookingState.CANCELLED,
                )
            )  # fmt: skip
