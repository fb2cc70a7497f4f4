"""« Laisser un jour à l’autre foyer »: one day of Jules, whatever the week, and back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import CustodyDay
from app.services.bookings import coming, reading
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, Obstacle
from app.services.bookings.judge.worlds import Cell
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id
from tests.support.services import Bookings, booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
# Of an even week: Marc's.
DAY = date(2026, 12, 10)
JULES = public_id("e5")
LEAVE = "Laisser ce jour à l’autre foyer"


@pytest.fixture(autouse=True)
def _some_friday(app: Flask, people: People) -> Iterator[None]:
    with app.app_context(), db.transaction() as session:
        for person, pattern in (
            (people.claire, CustodyPattern.ISO_ODD),
            (people.marc, CustodyPattern.ISO_EVEN),
        ):
            bookings, jules = booked_by(session, person)
            bookings.enrol(jules, date(2026, 9, 1))
            bookings.take_turns(jules, pattern, date(2026, 9, 1))
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claire(app: Flask, people: People) -> Browser:
    browser = Browser(app)
    browser.sign_in(people.claire)
    return browser


@pytest.fixture
def marc(app: Flask, people: People) -> Browser:
    browser = Browser(app)
    browser.sign_in(people.marc)
    return browser


def leave(parent: Browser, day: str = "10/12/2026") -> Page:
    page = parent.get("family.our_weeks", public_id=JULES)
    return page.fill({"Jour": day}).submit(LEAVE)


def book(app: Flask, people: People, who: str) -> None:
    with app.app_context(), db.transaction() as session:
        bookings, jules = booked_by(session, getattr(people, who))
        bookings.book(jules, [DAY], NOW)


def obstacles(app: Flask, people: People) -> list[Obstacle | None]:
    """Judge the canteen of that day for Claire, then for Marc."""
    found = []
    with app.app_context():
        for person in (people.claire, people.marc):
            with db.transaction() as session:
                bookings, jules = booked_by(session, person)
                ours: Bookings = bookings
                cell = Cell(jules.id, ours.services[0].id, DAY)
                family_id = ours.family_id
            known = reading.known(family_id, DAY, DAY)
            found.append(judge(Act.BOOK, cell, known.world, NOW).obstacle)
    return found


@pytest.mark.both_databases
def test_a_day_is_left_and_taken_back(
    app: Flask, people: People, claire: Browser, marc: Browser
) -> None:
    """The judge, and so every door, knows it at once; the other home reads it."""
    assert obstacles(app, people) == [Obstacle.OTHER_HOME, None]
    page = leave(marc)
    assert "Le jeudi 10 décembre est laissé à l’autre foyer." in page.text
    assert obstacles(app, people) == [None, Obstacle.OTHER_HOME]
    left = "Vous avez laissé ce jour à l’autre foyer."
    week = marc.get("family.bookings_week", week="2026-W50")
    assert week.text.count(left) == 1
    assert "Semaine de l’autre foyer." not in week.text
    assert "Laissé à l’autre foyer" in marc.get("family.bookings_month", month="2026-12").text
    way = week.link("Laisser un jour de Jules à l’autre foyer").click()
    assert way.soup.select("#un-jour")
    assert left not in claire.get("family.bookings_week", week="2026-W50").text
    hers = claire.get("family.our_weeks", public_id=JULES)
    assert "Laissés par l’autre foyer Jeudi 10 décembre" in hers.text
    assert "Ce jour est déjà de l’autre foyer." in leave(marc).text
    assert marc.get("family.bookings_week", week="2026-W50").soup.select("input[name=case]")
    page = marc.get("family.our_weeks", public_id=JULES).submit("Reprendre le jeudi 10 décembre")
    assert "Le jeudi 10 décembre est de nouveau à vous." in page.text
    assert obstacles(app, people) == [Obstacle.OTHER_HOME, None]


def test_whoever_received_it_may_leave_it_again(
    app: Flask, people: People, claire: Browser, marc: Browser
) -> None:
    leave(marc)
    leave(claire)
    assert obstacles(app, people) == [Obstacle.OTHER_HOME, None]
    with app.app_context():
        assert not db.session().scalars(select(CustodyDay)).all()


def test_what_is_booked_is_neither_left_nor_taken_back(
    app: Flask, people: People, claire: Browser, marc: Browser
) -> None:
    """One’s own is cancelled first; the other home’s stays."""
    book(app, people, "marc")
    assert "Vous avez réservé ce jour : annulez d’abord, puis laissez-le." in leave(marc).text
    assert obstacles(app, people)[0] is Obstacle.OTHER_HOME


def test_the_other_home_s_booking_keeps_the_day(
    app: Flask, people: People, claire: Browser, marc: Browser
) -> None:
    leave(marc)
    book(app, people, "claire")
    week = marc.get("family.bookings_week", week="2026-W50")
    assert "Vous avez laissé ce jour à l’autre foyer, qui l’a réservé." in week.text
    page = marc.get("family.our_weeks", public_id=JULES)
    assert "Jeudi 10 décembre L’autre foyer l’a réservé." in page.text
    assert "Reprendre" not in page.text
    # Booked since the page was opened.
    form = {"csrf_token": page.csrf_token, "day": "2026-12-10", "answer": "take"}
    page = marc.post(marc.address("family.leave_day", public_id=JULES), form)
    assert "L’autre foyer a déjà réservé ce jour" in page.text
    assert "Jeudi 10 décembre" in claire.get("family.child", public_id=JULES).text


def test_no_day_of_no_week_and_nobody_else(
    app: Flask, people: People, claire: Browser, marc: Browser
) -> None:
    """Past, far, none; a home without weeks of its own; another family."""
    assert "Choisissez une date" in leave(marc, "bientôt").text
    assert "Choisissez un jour à venir" in leave(marc, "10/11/2026").text
    assert "Choisissez un jour à venir" in leave(marc, "10/12/2029").text
    assert "Ce jour est déjà de l’autre foyer." in leave(claire).text
    page = marc.get("family.our_weeks", public_id=JULES)
    said = ["garde", "dire", "Jules", "530005", "toutes"]
    assert app.test_cli_runner().invoke(args=said).exit_code == 0
    assert "Dites d’abord les semaines" in page.fill({"Jour": "10/12/2026"}).submit(LEAVE).text
    paul = Browser(app)
    paul.sign_in(people.moreau)
    path = paul.address("family.leave_day", public_id=JULES)
    token = paul.get("auth.change_password").csrf_token
    for answer in ("", "take"):
        sent = {"csrf_token": token, "day": "2026-12-10", "answer": answer}
        assert paul.client.post(path, data=sent, base_url=paul.base_url).status_code == 404


@pytest.mark.both_databases
def test_home_and_reminders_ask_for_the_day_of_who_has_it(
    app: Flask, people: People, marc: Browser
) -> None:
    """What reads whole statements of homes reads the days with them."""
    for number in range(5):
        leave(marc, f"{7 + number:02}/12/2026")
    with app.app_context(), db.transaction() as session:
        families = [booked_by(session, each)[0].family_id for each in (people.claire, people.marc)]
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC), tick=False), app.app_context():
        hers, his = (coming.to_book(family_id) for family_id in families)
        assert hers
        assert hers.monday == date(2026, 12, 7)
        assert his is None
