"""What the doctor says of the services that families book."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import CalendarSpan, Place, SpanKind
from app.services.doctor import booked_services
from app.services.doctor.findings import Finding, Verdict
from tests.services.doctor.conftest import verdicts
from tests.support.people import People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def found(app: Flask) -> list[Finding]:
    with app.app_context(), time_machine.travel(NOW, tick=False):
        return list(booked_services.check())


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """A town with a canteen, one child of which comes on Monday, and holidays to next summer."""
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.book(child, [date(2026, 11, 30)], NOW)
        summer = (date(2027, 7, 3), date(2027, 8, 31))
        session.add(
            CalendarSpan(
                kind=SpanKind.SCHOOL, first=summer[0], last=summer[1], name="Vacances d’été"
            )
        )


def test_a_town_that_offers_nothing_has_nothing_to_see_to(app: Flask) -> None:
    assert [each.said for each in found(app)] == ["aucun service ne se réserve"]


@pytest.mark.usefixtures("booked")
def test_all_is_well(app: Flask) -> None:
    [said] = found(app)
    assert said.verdict is Verdict.OK
    assert said.said == "2\u00a0services, vacances connues jusqu’au 31/08/2027"


@pytest.mark.usefixtures("booked")
def test_a_wrong_count_is_told_with_its_remedy(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Place).values(taken=40))
    [said] = found(app)
    assert said.verdict is Verdict.BROKEN
    assert said.said == "1\u00a0compte de places faux (Cantine, 30/11/2026…)"
    assert said.remedy == "flask reservations controler --corriger"


@pytest.mark.usefixtures("booked")
def test_a_calendar_that_ends_soon_is_told(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(CalendarSpan).values(last=date(2027, 3, 1), first=date(2027, 2, 1)))
    assert verdicts(found(app)) == [Verdict.LOOK]
