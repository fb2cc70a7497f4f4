"""A strike over all schools, and power that fails between two parts of it."""

import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

import config
from app import db
from app.models import Booking, Child, Closing, DayState, Job, Message, MessageRecipient, ServiceDay
from app.services.bookings import recounting
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.jobs.running import workshop
from tests.support import killed
from tests.support.people import TOWN_HALL, People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
ALL_OF_IT = Extent((MONDAY,))


@pytest.fixture(autouse=True)
def booked(app: Flask, people: People) -> Iterator[time_machine.Traveller]:
    """Four families have booked Monday, a meal and the midday hour that it brings."""
    with app.app_context(), time_machine.travel(NOW, tick=False) as clock:
        with db.transaction() as session:
            for person in (people.zest, people.claire, people.moreau, people.ines):
                bookings, child = booked_by(session, person)
                bookings.enrol(child, date(2026, 9, 1))
                bookings.book(child, [MONDAY], NOW)
        yield clock


def states() -> list[str]:
    return [each.value for each in db.session().scalars(select(Booking.state)).all()]


def told() -> list[int]:
    """List to how many families each message goes that was not taken back."""
    counted = (
        select(func.count())
        .select_from(MessageRecipient)
        .join(Message)
        .where(Message.withdrawn_at.is_(None))
        .group_by(Message.id)
    )
    return list(db.session().scalars(counted).all())


def children() -> int:
    return db.session().scalar(select(func.count(Child.id))) or 0


@pytest.fixture
def closed_by_halves(request: pytest.FixtureRequest, settings: config.Settings) -> int:
    """Who closed it was killed when some of the children were done; return how many bookings."""
    # No closing ends before it has looked whether there is one child more.
    parts = {"none": 0, "some": children() // 2, "all": children()}[request.param]
    where = (settings.instance, settings.database_url, NOW, MONDAY)
    db.let_go()
    assert killed.status_of(killed.close_until, parts, *where) == -signal.SIGKILL
    return states().count("closed")


@pytest.mark.parametrize("closed_by_halves", ["none", "some", "all"], indirect=True)
def test_a_closing_that_is_killed_goes_on(
    closed_by_halves: int, booked: time_machine.Traveller
) -> None:
    """Nobody books from the first moment; the rest follows, and each family reads of it once."""
    marks = db.session().scalars(select(ServiceDay.state).where(ServiceDay.day == MONDAY)).all()
    assert set(marks) == {DayState.CLOSED}
    found = db.session().scalars(select(Closing)).one()
    assert (found.ended_at, found.message_id, told()) == (None, None, [])
    # A child has both or neither.
    assert closed_by_halves % 2 == 0
    assert (found.children, found.meals) == (closed_by_halves // 2,) * 2
    booked.shift(timedelta(minutes=2))
    workshop().run()
    db.let_go()
    found = db.session().scalars(select(Closing)).one()
    assert states() == ["closed"] * 8
    assert (found.children, found.families, found.meals) == (4, 4, 4)
    assert found.ended_at
    assert told() == [4]
    assert recounting.differences() == []
    # Its job again changes nothing, whoever thought that it was not done.
    with db.transaction() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "closing"))
        assert [each.payload for each in jobs] == [{}]
    workshop().run()
    assert told() == [4]


@pytest.mark.usefixtures("closed_by_halves")
@pytest.mark.parametrize("closed_by_halves", ["none", "some", "all"], indirect=True)
def test_one_that_is_killed_is_undone(booked: time_machine.Traveller) -> None:
    """All is as before; the job that comes later takes nothing away, and nobody reads of it."""
    found = db.session().scalars(select(Closing)).one()
    closing.undo(found.public_id, TOWN_HALL)
    assert states() == ["booked"] * 8
    booked.shift(timedelta(minutes=2))
    workshop().run()
    db.let_go()
    assert states() == ["booked"] * 8
    assert told() == []
    assert recounting.differences() == []
    again = closing.close(ALL_OF_IT, "Neige", TOWN_HALL)
    assert (again.children, again.families, told()) == (4, 4, [4])
    assert states() == ["closed"] * 8


def test_what_a_screen_does_not_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many parts the background goes on, with the message and its undoing."""
    monkeypatch.setattr("app.services.bookings.closings.closing_parts.MOST", 1)
    monkeypatch.setattr("app.services.bookings.closings.closing_parts.FEWEST", 1)
    expected = closing.preview(ALL_OF_IT)
    assert (expected.children, expected.families, expected.meals) == (4, 4, 4)
    changed = closing.close(ALL_OF_IT, "Grève", TOWN_HALL, most_parts=1)
    assert not changed.is_over
    # The jobs of tests are done inline.
    assert states() == ["closed"] * 8
    assert told() == [4]
    back = closing.undo(changed.public_id, TOWN_HALL, most_parts=1)
    assert not back.is_over
    assert states() == ["booked"] * 8
    assert told() == []
