"""What home and the page of a child say of bookings."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import Executable, delete, insert, select, update

from app import db
from app.calendar import ONE_DAY
from app.models import (
    CalendarSpan,
    Child,
    DayState,
    Enrolment,
    Service,
    ServiceDay,
    SpanKind,
)
from app.services.bookings import coming
from tests.services.bookings.conftest import MONDAY
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id

ONE_SECOND = timedelta(seconds=1)
CHECK, SAVE = "Continuer", "Enregistrer"
MOST_STATEMENTS = 8
CANTEEN_ON_MONDAY = "Cantine, PAYS, lundi 30 novembre"


def test_home_says_which_week_nobody_has_spoken_of(parent: Browser) -> None:
    """Until one day of it is booked; then not before the limit of the next one is near."""
    page = parent.get("family.home")
    page = page.link("Réserver avant jeudi minuit").click()
    assert "Semaine du 30 novembre 2026" in page.text
    page.fill({CANTEEN_ON_MONDAY: True}).submit(CHECK, _refused=200).submit(SAVE)
    assert "Réserver avant" not in parent.get("family.home").text
    with statements_of(parent.app) as sent:
        parent.get("family.home")
    assert selects(sent) <= MOST_STATEMENTS


def test_home_says_what_changed_a_moment_ago(app: Flask, parent: Browser) -> None:
    """Whatever was worked out for the homes before: a rule, the calendar, a school, the hour."""

    def told(*written: Executable) -> str:
        with app.app_context(), db.transaction() as session:
            for each in written:
                session.execute(each)
        found = re.search(r"Réserver avant (\w+ \w+)", parent.get("family.home").text)
        return found[1] if found else ""

    canteen = update(Service).where(Service.slug == "cantine")
    days = [MONDAY + number * ONE_DAY for number in range(5)]
    closed = insert(CalendarSpan).values(
        kind=SpanKind.TOWN, name="Fermé", first=days[0], last=days[-1]
    )
    assert told() == "jeudi minuit"
    assert told(canteen.values(book_rule="S-1 mercredi 24:00")) == "mercredi minuit"
    assert told(closed) == ""
    assert told(delete(CalendarSpan).where(CalendarSpan.name == "Fermé")) == "mercredi minuit"
    school = select(Child.school).where(Child.public_id == public_id("e1")).scalar_subquery()
    service = select(Service.id).where(Service.slug == "cantine").scalar_subquery()
    shut = insert(ServiceDay).values(service_id=service, school=school, state=DayState.CLOSED)
    # The garderie is still there.
    assert told(*(shut.values(day=day) for day in days)) == "jeudi minuit"
    assert told(delete(ServiceDay).where(ServiceDay.day.in_(days))) == "mercredi minuit"


def test_what_is_left_of_this_week_does_not_hide_the_limit_of_the_next(
    app: Flask, parent: Browser
) -> None:
    """The evening of tomorrow can wait; the canteen of Monday cannot."""
    with app.app_context(), db.transaction() as session:
        midday = update(Service).where(Service.slug == "garderie-de-midi")
        session.execute(midday.values(book_rule="J-1 18:00"))
    page = parent.get("family.home").link("Réserver avant jeudi minuit").click()
    page.fill({CANTEEN_ON_MONDAY: True}).submit(CHECK, _refused=200).submit(SAVE)
    assert "Réserver avant mercredi 18 h" in parent.get("family.home").text


def test_home_tells_the_earliest_limit_of_all_that_comes_along(app: Flask, parent: Browser) -> None:
    """What the canteen brings has a limit too, whether the child is enrolled in it or not."""
    with app.app_context(), db.transaction() as session:
        midday = select(Service.id).where(Service.slug == "garderie-de-midi")
        session.execute(delete(Enrolment).where(Enrolment.service_id.in_(midday)))
        rule = update(Service).where(Service.slug == "garderie-de-midi")
        session.execute(rule.values(book_rule="S-1 mardi 24:00"))
    assert "Réserver avant mardi minuit" in parent.get("family.home").text


def test_a_limit_passes_at_midnight(app: Flask, parent: Browser, people: People) -> None:
    """Whatever home said a moment before: the next week is the one to book."""
    assert "Réserver avant jeudi minuit" in parent.get("family.home").text
    midnight = datetime(2026, 11, 26, 23, tzinfo=UTC)
    with app.app_context():
        family_id = signed_in(people.zest).family_id
        said = []
        for at in (midnight - ONE_SECOND, midnight, midnight + ONE_SECOND):
            with time_machine.travel(at, tick=False):
                found = coming.to_book(family_id)
            said.append(found.name if found else "")
    # The next limit is six days away at midnight.
    assert said == ["2026-W49", "2026-W50", "2026-W50"]


def test_a_limit_of_next_week_is_not_taken_for_today(
    app: Flask, parent: Browser, people: People
) -> None:
    """On a Thursday at noon, « jeudi 10 h » would be two hours ago."""
    with app.app_context():
        family_id = signed_in(people.zest).family_id
        with db.transaction() as session:
            session.execute(update(Service).values(book_rule="S-1 jeudi 10:00"))
    for day, told in ((26, None), (27, "jeudi 10 h")):
        with app.app_context(), time_machine.travel(datetime(2026, 11, day, 11, tzinfo=UTC)):
            found = coming.to_book(family_id)
            assert (found and " ".join(found.until.split())) == told


def test_a_child_s_page_shows_what_is_booked(parent: Browser) -> None:
    page = parent.get("family.child", public_id=public_id("e1"))
    assert "Rien de réservé pour le moment" in page.text
    page = parent.get("family.bookings").fill({CANTEEN_ON_MONDAY: True})
    page.submit(CHECK, _refused=200).submit(SAVE)
    page = parent.get("family.child", public_id=public_id("e1"))
    assert "Lundi 30 novembre Cantine, Garderie de midi Réservé" in page.text
