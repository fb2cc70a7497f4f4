"""« Réservations » of a family, as a clerk changes them, in their states."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, update

from app import db
from app.formats import today
from app.models import (
    CalendarSpan,
    DayState,
    Enrolment,
    InvoicedMonth,
    Place,
    Service,
    ServiceDay,
    SpanKind,
)
from app.services.bookings.weeks import name_of_week
from tests.support.browser import Browser, Page
from tests.support.form_filling import words_of
from tests.support.people import People
from tests.support.services import booked_by

Screens = Iterator[tuple[str, Page]]


def booking_for_family_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as somebody of the office."""
    # Of no other screen.
    monday = today() + timedelta(days=49 - today().weekday())
    family_id = _open(app, people, monday)
    page = office.get("town_hall.family", family_id=family_id)
    yield "family's week, this one", page.link("Réservations").click()
    week = name_of_week(monday)
    page = office.get("town_hall.family_week", family_id=family_id, week=week)
    yield "family's week, full and late", page
    yield "family's week, nothing ticked", page.submit("Continuer", _refused=200)
    box = page.soup.select_one("input[name=case]")
    assert box is not None
    label = page.soup.find("label", {"for": box["id"]})
    assert label is not None
    canteen = words_of(label)
    ticked = page.fill({canteen: True}).submit("Continuer", _refused=200)
    yield "family's week, read over", ticked
    page = ticked.submit("Enregistrer")
    yield "family's week, saved", page
    yield "family's week, given back", page.fill({canteen: False}).submit("Continuer", _refused=200)
    week = name_of_week(monday + timedelta(days=7))
    page = office.get("town_hall.family_week", family_id=family_id, week=week)
    yield "family's week, enrolled no more", page
    yield "family's week, invoiced", _invoiced(app, office, family_id, monday)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Enrolment).values(first=monday + timedelta(days=1)))
    page = office.get("town_hall.family_enrolments", family_id=family_id)
    yield "enrolments, a day left over", page


def _invoiced(app: Flask, office: Browser, family_id: str, monday: date) -> Page:
    """Look at a week of a month that is, for as long as it takes."""
    month = monday.replace(day=1)
    with app.app_context(), db.transaction() as session:
        session.add(InvoicedMonth(month=month, at=datetime.now(UTC), acted_by="Nadia"))
    page = office.get("town_hall.family_week", family_id=family_id, week=name_of_week(monday))
    with app.app_context(), db.transaction() as session:
        session.execute(delete(InvoicedMonth).where(InvoicedMonth.month == month))
    return page


def _open(app: Flask, people: People, monday: date) -> str:
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.moreau)
        bookings.enrol(child, monday, monday + timedelta(days=4))
        holiday = monday + timedelta(days=1)
        session.add(
            CalendarSpan(
                kind=SpanKind.PUBLIC, first=holiday, last=holiday, name="Fête", source="typed"
            )
        )
        for service in bookings.services:
            session.add(ServiceDay(service_id=service.id, day=monday, state=DayState.OPEN))
            session.merge(Place(service_id=service.id, group_id=0, day=monday, capacity=2, taken=2))
        slugs = [service.slug for service in bookings.services]
        late = update(Service).where(Service.slug.in_(slugs))
        session.execute(late.values(book_rule="J-90 24:00", capacity=2))
        return str(bookings.family_id)
