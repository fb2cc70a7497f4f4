"""Signed-in devices."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Account, AccountSession, Family
from app.services.accounts import sessions
from app.services.actors import Origin
from tests.support.people import People, Person

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled."""
    with app.app_context():
        yield


def open_session(person: Person) -> str:
    """Sign somebody in at noon."""
    with time_machine.travel(NOW, tick=False), db.transaction() as session:
        query = select(Account.id).where(Account.identifier == person.identifier)
        origin = Origin(user_agent="x" * 1000)
        return sessions.open_session(session, session.scalars(query).one(), origin)


def alive(key: str, after: timedelta) -> bool:
    """Come back with the cookie some time after noon."""
    with time_machine.travel(NOW + after, tick=False):
        return sessions.find(key) is not None


def test_the_database_cannot_open_a_session(people: People) -> None:
    """It holds a hash: whoever reads a backup has no cookie."""
    key = open_session(people.zest)
    row = db.session().scalars(select(AccountSession)).one()
    assert key not in vars(row).values()
    assert sessions.find(row.key_hash) is None


def test_half_an_hour_without_a_click_ends_it(people: People) -> None:
    """29 minutes are fine, 30 are too many."""
    assert alive(open_session(people.zest), timedelta(minutes=29))
    assert not alive(open_session(people.zest), timedelta(minutes=30))


def test_clicking_keeps_it_alive_up_to_twelve_hours(people: People) -> None:
    """A whole day's work ends in the evening."""
    key = open_session(people.zest)
    for quarter in range(1, 48):
        assert alive(key, timedelta(minutes=15 * quarter))
    assert not alive(key, timedelta(hours=12))


def test_reading_writes_at_most_every_five_minutes(people: People) -> None:
    """Last seen stays as it was for five minutes, then moves once."""
    key = open_session(people.zest)

    def last_seen() -> datetime:
        return db.session().scalars(select(AccountSession.last_seen_at)).one()

    assert alive(key, timedelta(minutes=5))
    assert last_seen() == NOW
    assert alive(key, timedelta(minutes=5, seconds=1))
    assert last_seen() == NOW + timedelta(minutes=5, seconds=1)


def test_asking_about_a_page_is_no_sign_of_life(people: People) -> None:
    """HEAD comes from programs: a session that nobody uses ends all the same."""
    key = open_session(people.zest)
    with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
        assert sessions.find(key, seen=False) is not None
    assert not alive(key, timedelta(minutes=31))


def test_reading_goes_on_while_nothing_can_be_written(app: Flask, people: People) -> None:
    """An import holds the database for a minute: parents read on."""
    key = open_session(people.zest)
    with app.app_context(), db.transaction() as importing:
        importing.execute(
            update(AccountSession).values(user_agent="the row is held by somebody else")
        )
        with app.app_context():
            assert alive(key, timedelta(minutes=10))


def test_archiving_ends_it(people: People) -> None:
    """Who is archived is out at the next click, alone or with the family."""
    keys = [open_session(person) for person in (people.zest, people.karim)]
    with db.transaction() as session:
        query = select(Account).where(Account.identifier == people.zest.identifier)
        session.scalars(query).one().archived_at = NOW
        family = select(Family).where(Family.number == people.karim.family_number)
        session.scalars(family).one().archived_at = NOW
    assert [alive(key, timedelta(minutes=1)) for key in keys] == [False, False]


def test_signing_out_ends_this_one_only(people: People) -> None:
    """The phone signs out, the computer stays."""
    phone, computer = open_session(people.zest), open_session(people.zest)
    with time_machine.travel(NOW, tick=False):
        current = sessions.find(phone)
        assert current is not None
        sessions.sign_out(current)
        assert sessions.find(phone) is None
        assert sessions.find(computer) is not None


@pytest.mark.parametrize("forged", ["", "x", "é", "\udc80", "\x00"])
def test_a_forged_key_finds_nobody(forged: str) -> None:
    """Whatever a cookie holds."""
    assert sessions.find(forged) is None
