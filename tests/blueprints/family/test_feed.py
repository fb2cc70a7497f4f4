"""« Agenda et rappels »: a parent makes a private address; a program reads it."""

import re
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import db
from app.models import Account, BookingState, Feed
from app.services.bookings.feed import feeding
from tests.services.bookings.conftest import WEDNESDAY_BEFORE, tick
from tests.support.browser import Browser, Page
from tests.support.databases import statements_of
from tests.support.people import People

pytestmark = pytest.mark.both_databases

LINK = re.compile(r"/agenda/[\w-]{43}\.ics")
MAKE = "Faire mon adresse"


def address(page: Page) -> str:
    """Read the address on the page."""
    found = LINK.search(page.html)
    assert found is not None
    return found[0]


def ask(app: Flask, path: str, **headers: str) -> TestResponse:
    """Ask as a program does, which has no session."""
    asking = Browser(app)
    return asking.client.get(path, headers=headers, base_url=asking.base_url)


def lines(answer: TestResponse) -> list[str]:
    assert answer.mimetype == "text/calendar"
    return answer.get_data(as_text=True).replace("\r\n ", "").replace("\xa0", " ").split("\r\n")


def told(answer: TestResponse, name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines(answer) if line.startswith(name)]


def test_a_calendar_tells_days_and_limits(app: Flask, parent: Browser, people: People) -> None:
    """Each day of a child once, by an initial; each week's limit, with an alarm."""
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine")
    path = address(parent.get("family.agenda").submit(MAKE))
    answer = ask(app, path)
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    days = [each for each in told(answer, "SUMMARY") if not each.startswith("À réserver")]
    assert days == ["P. : Cantine\\, Garderie de midi"] * 2
    assert "À réserver avant : Cantine\\, Garderie de midi\\, semaine du 30 novembre" in told(
        answer, "SUMMARY"
    )
    # The last minute of Thursday.
    assert "DTSTART;TZID=Europe/Paris:20261126T235900" in lines(answer)
    assert set(told(answer, "TRIGGER")) == {"-PT6H"}
    uids = told(answer, "UID")
    assert len(uids) == len(set(uids))
    assert not {people.zest.last_name, "PAYS"} & set(
        re.findall(r"\w+", answer.get_data(as_text=True))
    )


def test_what_is_given_back_is_told_for_a_month(
    app: Flask, parent: Browser, people: People
) -> None:
    """With the same name and a higher number; then it is gone."""
    with app.app_context():
        tick(people.zest, "30 cantine")
    path = address(parent.get("family.agenda").submit(MAKE))
    before = ask(app, path)
    with app.app_context():
        tick(people.zest)
    after = ask(app, path)
    assert told(before, "STATUS")[0] == "CONFIRMED"
    assert told(after, "STATUS")[0] == str(BookingState.CANCELLED).upper()
    assert told(after, "UID")[0] == told(before, "UID")[0]
    assert int(told(after, "SEQUENCE")[0]) > int(told(before, "SEQUENCE")[0])
    with time_machine.travel(WEDNESDAY_BEFORE + timedelta(days=31), tick=False):
        assert "CANCELLED" not in told(ask(app, path), "STATUS")


def test_an_unchanged_calendar_is_not_sent_again(
    app: Flask, parent: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question to the database and no library; what is booked changes it."""
    path = address(parent.get("family.agenda").submit(MAKE))
    mark = ask(app, path).headers["ETag"]
    with monkeypatch.context() as without, statements_of(app) as sent:
        # Whoever imports it fails.
        without.setitem(sys.modules, "icalendar", None)
        answer = ask(app, path, **{"If-None-Match": mark})
    assert (answer.status_code, answer.data) == (304, b"")
    assert sum(each.startswith("SELECT") for each in sent) == 1
    with app.app_context():
        tick(people.zest, "30 cantine")
    assert ask(app, path, **{"If-None-Match": mark}).status_code == 200


def test_a_new_link_ends_the_old(app: Flask, parent: Browser) -> None:
    """So does « Ne plus rien publier »; a closed account has none."""
    old = address(parent.get("family.agenda").submit(MAKE))
    page = parent.get("family.agenda").fill(
        {"Écrire les prénoms en entier, et non l’initiale": True}
    )
    new = address(page.submit("Nouveau lien"))
    assert [ask(app, path).status_code for path in (old, new)] == [404, 200]
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(archived_at=datetime.now(UTC)))
    assert ask(app, new).status_code == 404
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(archived_at=None))
    assert not LINK.search(parent.get("family.agenda").submit("Ne plus rien publier").html)
    assert ask(app, new).status_code == 404


def test_its_secret_is_kept_nowhere(
    app: Flask, parent: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the database nor in our logs; whoever guesses finds nothing."""
    path = address(parent.get("family.agenda").submit(MAKE))
    ask(app, path)
    token = path.removeprefix("/agenda/").removesuffix(".ics")
    with app.app_context():
        [feed] = db.session().scalars(select(Feed)).all()
        assert token != feed.token_hash
    assert token not in caplog.text
    for forged in (token[:-1], token + "x", "x"):
        assert ask(app, f"/agenda/{forged}.ics").status_code == 404


def test_a_program_that_asks_all_the_time_is_told_to_wait(
    app: Flask, parent: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when it says what it has: an answer without a calendar writes nothing."""
    monkeypatch.setattr(feeding, "MOST_AN_HOUR", 2)
    path = address(parent.get("family.agenda").submit(MAKE))
    mark = ask(app, path).headers["ETag"]
    with statements_of(app) as sent:
        unchanged = [ask(app, path, **{"If-None-Match": mark}).status_code for _ in range(3)]
    assert unchanged == [304, 304, 304]
    assert not [each for each in sent if each.startswith(("INSERT", "UPDATE"))]
    assert [ask(app, path).status_code for _ in range(2)] == [200, 429]
