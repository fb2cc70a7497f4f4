"""« Le mois, jour par jour »: what each child has, to read and to print."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.booking_kinds import BookingState
from app.calendar.months import name_of
from app.formats import NBSP
from app.models import Booking
from app.services.bookings import months
from tests.services.bookings.conftest import tick
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by

MOST_STATEMENTS = 8
HEAVIEST = 60 * 1024


def test_a_month_says_what_is_booked_and_why_nothing_is(
    app: Flask, parent: Browser, people: People
) -> None:
    """Holidays in one line a week; each week leads to where it is changed."""
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine", "4 garderie-de-midi")
    page = parent.get("family.bookings_week", week="2026-W50").link("Voir le mois entier").click()
    assert "Décembre 2026" in page.text
    assert "Mardi 1er –" in page.text
    assert "Jeudi 3 Cantine, Garderie de midi" in page.text
    assert "Vendredi 4 Garderie de midi" in page.text
    assert "Du lundi 21 au vendredi 25 Vacances de Noël." in page.text
    assert "Semaine du 7 décembre 2026 À réserver avant le jeudi 3 décembre à minuit" in page.text
    assert page.link("Semaine du 7 décembre 2026").click().path == "/reservations/semaine/2026-W50"
    assert "Lundi 30 Cantine" in page.link("Mois précédent").click().text


def test_what_is_not_simply_booked_is_said_in_brackets(
    app: Flask, parent: Browser, people: People
) -> None:
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.book(child, [date(2026, 12, 3)], datetime(2026, 11, 1, tzinfo=UTC))
        session.execute(update(Booking).values(state=BookingState.ABSENT))
    text = parent.get("family.bookings_month", month="2026-12").text
    assert "Jeudi 3 Cantine, Garderie de midi (absence signalée)" in text


def test_the_other_home_s_days_are_named_and_nothing_else(app: Flask, people: People) -> None:
    """Whose week it is, never what they booked."""
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        with app.app_context(), db.transaction() as session:
            for person in (people.claire, people.marc):
                bookings, child = booked_by(session, person)
                bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [date(2026, 12, 3)], datetime(2026, 11, 20, tzinfo=UTC))
        claire = Browser(app)
        claire.sign_in(people.claire)
        text = claire.get("family.bookings_month", month="2026-12").text
    assert "Jeudi 3 Autre foyer" in text
    assert "Cantine" not in text


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "1999-01", "2040-01", "2026-1", "x"])
def test_what_is_no_month_is_no_page(parent: Browser, month: str) -> None:
    parent.get("family.bookings_month", 404, month=month)


def test_months_are_named_as_addresses_name_them() -> None:
    with time_machine.travel(datetime(2026, 11, 25, tzinfo=UTC), tick=False):
        assert months.first_of("2026-12") == date(2026, 12, 1)
        assert name_of(date(2026, 12, 31)) == "2026-12"
        assert NBSP not in months.Month(date(2026, 12, 1), (), ()).title


def test_a_month_asks_little_and_weighs_little(app: Flask, parent: Browser, people: People) -> None:
    parent.get("family.bookings_month", month="2026-12")
    with statements_of(app) as sent:
        page = parent.get("family.bookings_month", month="2026-12")
    assert selects(sent) <= MOST_STATEMENTS
    assert len(page.response.data) <= HEAVIEST
