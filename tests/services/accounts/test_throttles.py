"""Waiting after failures: longer and longer, never for ever; whose failures they are."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app import db
from app.services.accounts import throttles
from app.services.accounts.throttles import ByMailbox, Tries, Wait, network_of

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = throttles.of_identifier("38162386", "192.0.2.1", None)


def fail(times: int = 1, tries: Tries = HERE) -> None:
    """Fail to sign in."""
    for _ in range(times):
        with db.transaction() as session:
            throttles.fail(session, tries)


def seconds_to_wait(tries: Tries = HERE) -> float:
    """Ask how long to wait."""
    obstacle = throttles.obstacle(db.session(), tries)
    assert not isinstance(obstacle, ByMailbox)
    return obstacle.delay.total_seconds() if obstacle else 0


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
            throttles.succeed(session, HERE)
        fail(4)
        assert seconds_to_wait() == 0


def test_failures_are_of_who_fails(app: Flask) -> None:
    """They say nothing of another identifiant, another network, or a device that is known."""
    with app.app_context(), time_machine.travel(START, tick=False):
        fail(6)
        assert seconds_to_wait() == 60
        for others in (
            throttles.of_identifier("38162387", "192.0.2.1", None),
            throttles.of_identifier("38162386", "192.0.2.2", None),
            throttles.of_identifier("38162386", "192.0.2.1", "a-device"),
        ):
            assert seconds_to_wait(others) == 0


def test_a_hundred_in_a_row_from_anywhere_end_by_the_mailbox(app: Flask) -> None:
    """From a hundred networks, two a minute: a new device is not asked for a password any more."""
    with app.app_context(), time_machine.travel(START, tick=False) as clock:
        for number in range(throttles.MOST_IN_A_ROW):
            assert seconds_to_wait() == 0
            fail(1, throttles.of_identifier("38162386", f"198.51.100.{number}", None))
            clock.shift(timedelta(hours=20))
        known = throttles.of_identifier("38162386", "192.0.2.1", "a-device")
        session = db.session()
        assert throttles.obstacle(session, HERE) == ByMailbox()
        assert throttles.obstacle(session, known) is None
        with db.transaction() as session:
            throttles.succeed(session, known)
        assert throttles.obstacle(db.session(), HERE) is None


def test_a_known_device_has_its_own_hundred(app: Flask) -> None:
    """A stolen phone guesses no more than anybody else."""
    phone = throttles.of_identifier("38162386", "192.0.2.1", "stolen")
    with app.app_context(), time_machine.travel(START, tick=False) as clock:
        for _ in range(throttles.MOST_IN_A_ROW):
            fail(1, phone)
            clock.shift(timedelta(hours=2))
        assert throttles.obstacle(db.session(), phone) == ByMailbox()
        assert throttles.obstacle(db.session(), HERE) is None


def test_of_many_at_a_moment_those_past_the_fifth_wait(app: Flask) -> None:
    """Checked at the same time, counted one after the other: the sixth is told to wait."""
    with app.app_context(), time_machine.travel(START, tick=False):
        told = []
        for _ in range(7):
            with db.transaction() as session:
                told.append(throttles.fail(session, HERE))
    assert told == [None] * 5 + [Wait(timedelta(seconds=30)), Wait(timedelta(seconds=60))]


def test_where_a_network_floods_nobody_has_a_free_try(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It slows those who fail there, not those who are right."""
    monkeypatch.setattr(throttles, "ADDRESS_FAILURES", 10)
    with app.app_context(), time_machine.travel(START, tick=False):
        for number in range(10):
            fail(1, throttles.of_identifier(str(70000000 + number), "192.0.2.1", None))
        assert seconds_to_wait() == 0
        fail()
        assert seconds_to_wait() == 30


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("what a visitor wrote", "what a visitor wrote"),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    """An address of IPv4, the /64 of one of IPv6."""
    assert network_of(address) == network


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
        after = START + timedelta(minutes=5)
        with time_machine.travel(after, tick=False), db.transaction() as session:
            assert throttles.count_in_window(session, key, limit) is (limit > 0)


def test_a_clock_that_was_ahead_makes_nobody_wait(app: Flask) -> None:
    """The server's clock is a day ahead for a while: no wait is above the longest."""
    with app.app_context():
        with time_machine.travel(START + timedelta(days=1), tick=False):
            fail(9)
            with db.transaction() as session:
                for _ in range(4):
                    assert throttles.count_in_window(session, "reset", 4)
        with time_machine.travel(START, tick=False):
            assert seconds_to_wait() == 0
            fail(5)
            assert seconds_to_wait() == 30
            with db.transaction() as session:
                assert throttles.count_in_window(session, "reset", 4)


def test_clocks_of_two_machines_may_differ(app: Flask) -> None:
    """The one that is half a minute ahead counts and makes wait for the other as well."""
    with app.app_context():
        with time_machine.travel(START + timedelta(seconds=30), tick=False):
            fail(12)
            with db.transaction() as session:
                assert throttles.count_in_window(session, "reset", 1)
        with time_machine.travel(START, tick=False):
            assert seconds_to_wait() == 900
            with db.transaction() as session:
                assert not throttles.count_in_window(session, "reset", 1)
