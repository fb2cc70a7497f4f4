"""The week of a tired parent: what is the same of many boxes is said once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.booking_kinds import Late
from app.models import CalendarSpan, Enrolment, Service, SpanKind
from app.services.requests import kinds
from tests.services.bookings.conftest import enrol
from tests.support.browser import Browser
from tests.support.people import People

# The eve of the last day to book the week of the 30th.
WEDNESDAY, THURSDAY = datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 26, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
WEEK = "2026-W49"
TO_TOWN = "Trop tard pour un jour ?"


@pytest.fixture(autouse=True)
def _enrolled(app: Flask, people: People) -> None:
    with app.app_context():
        enrol(people.zest)


def change(app: Flask, **values: object) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(**values))


@contextmanager
def at(now: datetime, app: Flask, people: People) -> Iterator[Browser]:
    """Have Madame ZEST come back then."""
    with time_machine.travel(now, tick=False):
        again = Browser(app)
        again.sign_in(people.zest)
        yield again


@pytest.mark.parametrize(
    ("now", "told"), [(WEDNESDAY, "(c’est demain)"), (THURSDAY, "(c’est aujourd’hui)")]
)
def test_the_limit_of_a_week_that_is_near_is_said_above_it(
    app: Flask, people: People, now: datetime, told: str
) -> None:
    """Thirty boxes need not repeat it."""
    with at(now, app, people) as parent:
        page = parent.get("family.bookings_week", week=WEEK)
    assert f"dans la nuit de jeudi à vendredi {told}." in page.text
    assert "Vous pouvez réserver" not in page.text


def test_the_limit_of_a_day_that_is_near_is_said_above_its_boxes(
    app: Flask, people: People
) -> None:
    """Of the first day of a week whose days have each their own; the others are far."""
    change(app, book_rule="J-1 ouvrés 18:00")
    with at(FRIDAY, app, people) as parent:
        page = parent.get("family.bookings_week", week=WEEK)
    said = "à réserver jusqu’au vendredi 27 novembre à 18 h."
    assert f"Lundi 30 novembre Cantine, Garderie de midi : {said} PAYS Cantine" in page.text
    assert page.text.count("jusqu’au vendredi 27 novembre") == 1


def test_an_opening_is_said_once(app: Flask, people: People) -> None:
    change(app, opens_at=FRIDAY)
    with at(WEDNESDAY, app, people) as parent:
        page = parent.get("family.bookings_week", week="2026-W50")
    assert page.text.count("ouvrent le") == 2
    assert page.text.count("Pas encore ouvert.") == 8


def test_whom_to_ask_is_said_where_nothing_else_leads(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while all may be booked, nor beside « Demander une place exceptionnelle »."""
    with at(FRIDAY, app, people) as parent:
        assert TO_TOWN not in parent.get("family.bookings_week", week="2026-W50").text
        page = parent.get("family.bookings_week", week=WEEK)
        assert "Trop tard." in page.text
        assert TO_TOWN in page.text
        change(app, late=Late.REQUEST)
        page = parent.get("family.bookings_week", week=WEEK)
        assert "Demander une place exceptionnelle" in page.text
        assert TO_TOWN not in page.text
        off = SimpleNamespace(request_kinds_off=["place"])
        monkeypatch.setattr(kinds, "in_force", lambda: off)
        page = parent.get("family.bookings_week", week=WEEK)
        assert "Demander une place exceptionnelle" not in page.text
        assert TO_TOWN in page.text


def test_a_meal_says_what_comes_with_it_though_nobody_has_a_box_for_that(
    app: Flask, people: People
) -> None:
    """Parents were told that both are compulsory, and look for the second box."""
    with app.app_context(), db.transaction() as session:
        midday = select(Service.id).where(Service.slug == "garderie-de-midi").scalar_subquery()
        session.execute(delete(Enrolment).where(Enrolment.service_id == midday))
    with at(WEDNESDAY, app, people) as parent:
        page = parent.get("family.bookings_week", week=WEEK)
    assert "Avec la cantine, on réserve aussi la garderie de midi" in page.text


def test_a_day_that_the_town_closes_is_not_merely_missing(app: Flask, people: People) -> None:
    training = date(2026, 12, 4)
    with app.app_context(), db.transaction() as session:
        session.add(
            CalendarSpan(
                kind=SpanKind.TOWN, first=training, last=training, name="Journée pédagogique"
            )
        )
    with at(WEDNESDAY, app, people) as parent:
        page = parent.get("family.bookings_week", week=WEEK)
    assert "Vendredi 4 décembre Fermé : Journée pédagogique." in page.text
