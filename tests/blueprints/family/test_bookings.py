"""« Réservations »: a parent ticks a week, reads what changes, saves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.services.tokens import booking_stamps
from tests.services.bookings.conftest import enrol
from tests.support.browser import Browser
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import People

CHECK, SAVE = "Continuer", "Enregistrer"
LIMIT = datetime(2026, 11, 26, 23, tzinfo=UTC)
MOST_STATEMENTS = 8
CANTEEN_ON_MONDAY = "Cantine, PAYS, lundi 30 novembre"


def test_a_week_is_ticked_checked_and_saved(parent: Browser) -> None:
    """The first week that is open is the one shown; the canteen brings its midday."""
    page = parent.get("family.home").link("Réservations").click()
    assert "Semaine du 30 novembre 2026" in page.text
    assert (
        "Cantine, Garderie de midi : à réserver ou annuler jusqu’au jeudi 26 novembre à minuit"
        in page.text
    )
    along = "Avec la cantine, on réserve aussi la garderie de midi : rien de plus à cocher."
    assert page.text.count(along) == 1
    page = page.fill({CANTEEN_ON_MONDAY: True}).submit(CHECK, _refused=200)
    assert "Lundi 30 novembre – PAYS, Cantine, avec Garderie de midi" in page.text
    assert "La mairie le lit dès que vous enregistrez" in page.text
    page = page.submit(SAVE)
    assert page.h1 == "Réservations enregistrées"
    assert "PAYS, Cantine, Garderie de midi Réservé" in page.text
    page = page.link("Revoir cette semaine").click()
    assert page.value(CANTEEN_ON_MONDAY)
    assert "Compris avec la cantine." in page.text


def test_a_town_without_services_has_no_entry(browser: Browser, people: People) -> None:
    home = browser.sign_in(people.zest)
    assert not home.soup.select(".menu a[href='/reservations']")
    assert "Rien à réserver cette semaine" in browser.get("family.bookings").text


def test_a_child_who_is_enrolled_nowhere_has_no_box(
    app: Flask, parent: Browser, people: People
) -> None:
    """Their family is told why; the others have theirs."""
    other = Browser(app)
    other.sign_in(people.moreau)
    assert "Rien à réserver cette semaine" in other.get("family.bookings").text
    assert parent.get("family.bookings").soup.select("input[name=case]")


def test_who_reads_the_summary_in_time_may_still_save(app: Flask, people: People) -> None:
    """Two minutes; then the limit is the limit."""
    with time_machine.travel(LIMIT - timedelta(seconds=60), tick=False) as clock:
        with app.app_context():
            enrol(people.zest)
        parent = Browser(app)
        parent.sign_in(people.zest)
        page = parent.get("family.bookings").fill({CANTEEN_ON_MONDAY: True})
        clock.move_to(LIMIT - timedelta(seconds=1))
        check = page.submit(CHECK, _refused=200)
        clock.move_to(LIMIT + timedelta(seconds=118))
        assert "PAYS, Cantine, Garderie de midi Réservé" in check.submit(SAVE).text
        page = parent.get("family.bookings_week", week="2026-W49")
        assert "Trop tard pour annuler." in page.text


def test_a_stamp_is_worth_something_to_its_account_for_two_minutes(
    app_without_database: Flask,
) -> None:
    with time_machine.travel(LIMIT, tick=False) as clock, app_without_database.app_context():
        own, theirs = booking_stamps.stamp(1), booking_stamps.stamp(2)
        clock.shift(120)
        assert booking_stamps.asked_at(1, own) == LIMIT
        late = LIMIT + timedelta(seconds=121)
        clock.move_to(late)
        assert [booking_stamps.asked_at(1, each) for each in (own, theirs, "forged")] == [late] * 3


@pytest.mark.parametrize(("count", "status"), [(400, 200), (20_000, 413)])
def test_thousands_of_boxes_are_refused(
    app: Flask, parent: Browser, count: int, status: int
) -> None:
    """Whatever is sent, nothing is kept of it."""
    page = parent.get("family.bookings")
    before = every_row(app)
    path = parent.address("family.bookings_week", week="2026-W49")
    boxes = [f"{number:016}.cantine.2026-11-30" for number in range(count)]
    sent = {
        "csrf_token": page.csrf_token,
        "vu": [f"{box}:0" for box in boxes],
        "case": boxes,
        "step": "send",
    }
    answer = parent.client.post(path, data=sent, base_url=parent.base_url, follow_redirects=True)
    assert answer.status_code == status
    assert every_row(app) == before


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "a.b.c:", "a.b.c:-1", "a.b.c:99999999999"])
def test_what_no_page_of_ours_sends_is_refused(parent: Browser, forged: str) -> None:
    page = parent.get("family.bookings")
    path = parent.address("family.bookings_week", week="2026-W49")
    sent = {"csrf_token": page.csrf_token, "vu": forged, "case": "a.b.c", "step": "send"}
    assert parent.post(path, sent).errors


@pytest.mark.parametrize("week", ["2026-W54", "2026-W00", "1999-W01", "2040-W01", "2026-49", "x"])
def test_what_is_no_week_is_no_page(parent: Browser, week: str) -> None:
    parent.get("family.bookings_week", 404, week=week)


def test_a_week_asks_the_database_little(app: Flask, parent: Browser) -> None:
    """Eight questions, whatever the number of children, services and days."""
    parent.get("family.bookings")
    with statements_of(app) as sent:
        parent.get("family.bookings")
    assert selects(sent) <= MOST_STATEMENTS
