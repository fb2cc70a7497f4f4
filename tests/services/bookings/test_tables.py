"""What the database itself refuses of bookings, on both."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db
from app.models import Booking, CalendarSpan, Enrolment, Place, Service, ServiceLink, SpanKind
from app.services.bookings import words
from tests.blueprints.family.test_own_data import NOW
from tests.support.people import People
from tests.support.services import booked_by

MONDAY = date(2026, 11, 30)


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """A child eats at the canteen on a Monday."""
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.enrol(child, date(2026, 9, 1))
        bookings.book(child, [MONDAY], NOW)


def eat_twice(session: Session) -> None:
    booking = session.scalars(select(Booking).limit(1)).one()
    session.add(
        Booking(
            child_id=booking.child_id, service_id=booking.service_id, family_id=booking.family_id,
            day=booking.day, state=booking.state, origin=booking.origin,
        )
    )  # fmt: skip


def take_too_many(session: Session) -> None:
    place = session.scalars(select(Place)).one()
    place.taken = place.capacity + 1


def free_too_many(session: Session) -> None:
    session.scalars(select(Place)).one().taken = -1


def serve_on_no_day_of_the_week(session: Session) -> None:
    session.scalars(select(Service).limit(1)).one().weekdays = 128


def come_round(session: Session) -> None:
    link = session.scalars(select(ServiceLink)).one()
    link.other_id = link.service_id


def end_before_it_begins(session: Session) -> None:
    session.add(
        CalendarSpan(kind=SpanKind.TOWN, first=MONDAY, last=date(2026, 11, 29), name="Pont")
    )


def leave_before_coming(session: Session) -> None:
    session.scalars(select(Enrolment).limit(1)).one().last = date(2026, 8, 31)


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    "wrong",
    [
        eat_twice, take_too_many, free_too_many, serve_on_no_day_of_the_week, come_round,
        end_before_it_begins, leave_before_coming,
    ],
)  # fmt: skip
def test_the_database_refuses(app: Flask, wrong: Callable[[Session], None]) -> None:
    """Whatever code is wrong."""
    with app.app_context(), pytest.raises(IntegrityError), db.transaction() as session:
        wrong(session)


def test_everything_is_said_in_french() -> None:
    """Each state, origin and event has its words."""
    for said in (words.STATES, words.ORIGINS, words.EVENTS):
        kinds = {type(each) for each in said}
        assert set(said) == {each for kind in kinds for each in kind}
