"""« Fermer » in its states: what to close, who is concerned, what was closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from app import db
from app.formats import day, today
from app.models import Child, Closing, Message, Service
from tests.support.browser import Browser, Page
from tests.support.form_filling import words_of
from tests.support.people import People
from tests.support.services import booked_by

CHECK = "Voir qui est concerné"
Screens = Iterator[tuple[str, Page]]


def closing_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as somebody of the office, before a strike and after it."""
    _archive(app, datetime.now(UTC))
    yield "closings, no service", office.get("town_hall.closings")
    _archive(app, None)
    # A Monday and a Thursday: the calendar of the other screens has other days.
    monday = today() + timedelta(days=14 - today().weekday())
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        child.school = "École du Bourg"
        other = session.scalars(select(Child).where(Child.source_id == "e2")).one()
        other.school = "École Louise-Michel"
        bookings.book(child, [monday], datetime.now(UTC))
    page = office.get("town_hall.closings")
    yield "closings, none", page
    yield "closings, nothing said", page.submit(CHECK, _refused=200)
    page = page.fill({_canteen(page): True, "first": day(monday), "reason": "grève"})
    page = page.submit(CHECK, _refused=200)
    yield "closings, check", page
    yield "closings, back", page.submit("Modifier", _refused=200)
    page = page.submit("Fermer")
    yield "closings, closed", page
    with _going_on(app):
        yield "closings, going on", office.visit(page.path)
        yield "closings, one going on", office.get("town_hall.closings")
    yield "closings, told", office.get("town_hall.closings")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Closing).values(at=datetime.now(UTC) - timedelta(hours=2)))
    yield "closings, to open again", office.visit(page.path)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Message).values(withdrawn_at=datetime.now(UTC)))
    yield "closings, message withdrawn", office.visit(page.path)
    page = office.visit(page.path).fill(text="x" * 2001).submit("Rouvrir", _refused=200)
    yield "closings, too long", page
    yield "closings, open again", page.fill(text="").submit("Rouvrir")
    yield "closings, one undone", office.get("town_hall.closings")
    nobody = day(monday + timedelta(days=38))
    page = office.get("town_hall.closings")
    page = page.fill({_canteen(page): True, "first": nobody, "reason": "neige"})
    page = page.submit(CHECK, _refused=200)
    yield "closings, check, nobody", page
    yield "closings, nobody told", page.submit("Fermer")


def _archive(app: Flask, instant: datetime | None) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(archived_at=instant))


@contextmanager
def _going_on(app: Flask) -> Iterator[None]:
    """Have the closing not be at its end, as that of a great town for some minutes."""
    with app.app_context(), db.transaction() as session:
        message_id = session.scalar(select(Closing.message_id))
        session.execute(update(Closing).values(ended_at=None, message_id=None))
    yield
    with app.app_context(), db.transaction() as session:
        ended = update(Closing).values(ended_at=datetime.now(UTC), message_id=message_id)
        session.execute(ended)


def _canteen(page: Page) -> str:
    """Read its name off the first box."""
    label = page.soup.select_one("label[for=service]")
    assert label is not None
    return words_of(label)
