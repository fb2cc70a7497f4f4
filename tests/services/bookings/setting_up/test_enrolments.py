"""The children of a school are enrolled at once, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Enrolment, Family, JournalEntry, RequestState, Service
from app.services.bookings.setting_up import enrolments, services
from app.services.refusals import Refusal
from tests.support.people import TOWN_HALL, People
from tests.support.services import CANTEEN, ask, booked_by

SEPTEMBER = date(2026, 9, 1)
TOWN_LEFT = datetime(2026, 8, 1, tzinfo=UTC)
SCHOOL = "École du Bourg"


@pytest.fixture
def canteen(app: Flask, people: People) -> Iterator[int]:
    """Zoé eats there already, until the end of August; the family of a sister has left."""
    with app.app_context():
        with db.transaction() as session:
            booked, zoe = booked_by(session, people.moreau)
            booked.enrol(zoe, date(2025, 9, 1), date(2026, 8, 31))
            found = select(Family).where(Family.number == people.zest.family_number)
            session.scalars(found).one().archived_at = TOWN_LEFT
            number = session.scalars(select(Service.id).where(Service.source_id == CANTEEN)).one()
        yield number


def test_a_school_is_enrolled_once(canteen: int) -> None:
    """Four children are here, of whom Jules has two homes; who left is not among them."""
    [school] = enrolments.by_school(canteen, SEPTEMBER)
    assert school == (SCHOOL, 4, 0)
    assert enrolments.enrol(canteen, SCHOOL, SEPTEMBER, TOWN_HALL) == 4
    assert enrolments.enrol(canteen, SCHOOL, SEPTEMBER, TOWN_HALL) == 0
    assert enrolments.by_school(canteen, SEPTEMBER) == [(SCHOOL, 4, 4)]
    new = select(Enrolment.family_id).where(
        Enrolment.service_id == canteen, Enrolment.first == SEPTEMBER
    )
    assert len(db.session().scalars(new).all()) == 5
    noted = select(JournalEntry.details).where(JournalEntry.event == "children_enrolled")
    assert [each["count"] for each in db.session().scalars(noted)] == ["4"]


def test_whoever_is_enrolled_stays_so(canteen: int) -> None:
    """Zoé's year goes on until the end of August: nothing is added before."""
    assert enrolments.enrol(canteen, SCHOOL, date(2026, 6, 1), TOWN_HALL) == 3


def test_a_service_that_stopped_enrols_nobody(canteen: int) -> None:
    services.end(canteen, TOWN_HALL)
    with pytest.raises(Refusal, match="n’existe pas"):
        enrolments.enrol(canteen, SCHOOL, SEPTEMBER, TOWN_HALL)


@pytest.mark.parametrize(
    ("state", "starts_on", "count"),
    [
        (RequestState.ACCEPTED, date(2026, 9, 7), 1),
        (RequestState.SENT, date(2026, 9, 7), 0),
        # Of another year: it ended with it.
        (RequestState.ACCEPTED, date(2026, 3, 2), 0),
    ],
)
def test_whose_request_was_accepted_is_enrolled(
    canteen: int, people: People, state: RequestState, starts_on: date, count: int
) -> None:
    """From the day that the family asked for; once."""
    with db.transaction() as session:
        ask(session, people, state, starts_on)
    october = date(2026, 10, 1)
    assert enrolments.enrol_accepted(canteen, october, TOWN_HALL) == count
    assert enrolments.enrol_accepted(canteen, october, TOWN_HALL) == 0
    assert enrolments.by_school(canteen, october) == [(SCHOOL, 4, count)]
