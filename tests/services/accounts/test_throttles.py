"""Waiting after failures: longer and longer, never for ever."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app import db
from app.services.accounts import throttles

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = throttles.sign_in_key("38162386", None)


def fail(times: int = 1, key: str = KEY) -> None:
    """Fail to sign in."""
    for _ in range(times):
        with db.transaction() as session:
            throttles.count_failure(session, key)


def seconds_to_wait(key: str = KEY) -> float:
    """Ask how long to wait."""
    return throttles.wait([key]).total_seconds()


def test_five_failures_are_free(app: Flask) -> None:
    """Four mistakes cost nothing, the fifth costs a first wait."""
    with app.app_context(), time_machine.travel(START, tick=False):
        fail(4)
        assert seconds_to_wait() == 0
        fail()
        assert seconds_to_wait() == 30


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(app: Flask) -> None:
    """Each new failure doubles the wait; it never becomes a lock."""
    waits = []
    with app.app_context(), time_machine.travel(START, tick=False):
        fail(4)
        for _ in range(8):
            fail()
            waits.append(seconds_to_wait())
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_wait_ends(app: Flask) -> None:
    """Whoever waited may try again."""
    with app.app_context():
        with time_machine.travel(START, tick=False):
            fail(5)
        with time_machine.travel(START + timedelta(seconds=29), tick=False):
            assert seconds_to_wait() == 1
        with time_machine.travel(START + timedelta(seconds=30), tick=False):
            assert seconds_to_wait() == 0


def test_a_day_forgets(app: Flask) -> None:
    """Yesterday's mistakes do not count today."""
    with app.app_context():
        with time_machine.travel(START, tick=False):
            fail(4)
        with time_machine.travel(START + timedelta(hours=24), tick=False):
            fail()
            assert seconds_to_wait() == 0


def test_a_day_is_counted_from_the_last_mistake(app: Flask) -> None:
    """Whoever goes on guessing all day long is not forgotten at the end of it."""
    with app.app_context():
        for hours in (0, 10, 20):
            with time_machine.travel(START + timedelta(hours=hours), tick=False):
                fail(2)
        with time_machine.travel(START + timedelta(hours=30), tick=False):
            fail()
            assert seconds_to_wait() == 120


def test_a_success_forgets(app: Flask) -> None:
    """Signing in starts the count anew."""
    with app.app_context(), time_machine.travel(START, tick=False):
        fail(4)
        with db.transaction() as session:
            throttles.clear(session, KEY)
        fail(4)
        assert seconds_to_wait() == 0


def test_counters_do_not_mix(app: Flask) -> None:
    """Failures on one identifiant, or one device, say nothing of another."""
    with app.app_context(), time_machine.travel(START, tick=False):
        fail(6)
        assert seconds_to_wait(throttles.sign_in_key("38162387", None)) == 0
        assert seconds_to_wait(throttles.sign_in_key("38162386", "a-device")) == 0


@pytest.mark.parametrize("limit", [0, 3])
def test_an_address_is_counted_in_its_window(app: Flask, limit: int) -> None:
    """Up to the limit an address may act; then it waits for the end of its five minutes."""
    key = throttles.address_key("reset", "192.0.2.1")
    with app.app_context():
        with time_machine.travel(START, tick=False):
            allowed = []
            for _ in range(limit + 2):
                with db.transaction() as session:
                    allowed.append(throttles.count_in_window(session, key, limit))
            assert allowed == [True] * limit + [False, False]
            assert seconds_to_wait(key) == 300
        after = START + timedelta(minutes=5)
        with time_machine.travel(after, tick=False), db.transaction() as session:
            assert throttles.count_in_window(session, key, limit) is (limit > 0)
