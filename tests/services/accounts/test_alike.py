"""Nothing tells whether an identifiant is somebody's: neither the database nor the hashing."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import argon2
import pytest
import time_machine
from flask import Flask

from app import db
from app.services.accounts import signing_in, throttles
from app.services.accounts.signing_in import Outcome, Refused
from app.services.accounts.throttles import ByMailbox, Wait
from app.services.actors import Origin
from app.settings import EXTENSION
from tests.support.databases import statements_of
from tests.support.mail_room import courier_of
from tests.support.people import People

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = Origin(address="192.0.2.1", request_id="test-request", user_agent="Firefox")
UNKNOWN = "99999999"

Kinds = dict[str, str]


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled, mails wait for a worker, and time stands still."""
    courier_of(app).mode = "worker"
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def kinds(people: People) -> Kinds:
    """An identifiant of each kind."""
    return {
        "known": people.zest.identifier,
        "unknown": UNKNOWN,
        "archived": people.archived.identifier,
        "no password yet": people.newcomer.identifier,
        "no address": people.no_address.identifier,
    }


def wrong(identifier: str) -> Outcome:
    """Try a wrong password."""
    return signing_in.sign_in(identifier, "Faux12345", HOME)


def like_a_temporary_one(identifier: str) -> Outcome:
    """Try what looks like a temporary password."""
    return signing_in.sign_in(identifier, "0" * 32, HOME)


def too_long(identifier: str) -> Outcome:
    """Try a book."""
    return signing_in.sign_in(identifier, "Faux12345" * 100, HOME)


def with_a_forged_mark(identifier: str) -> Outcome:
    """Pretend to be a known device."""
    return signing_in.sign_in(identifier, "Faux12345", HOME, "x.y")


def ask(identifier: str) -> int | None:
    """Ask for a mail."""
    return signing_in.request_credentials(identifier, HOME)


def ask_again(identifier: str) -> int | None:
    """Ask for it, and once more by the button."""
    asked = signing_in.identifier_asked(signing_in.request_credentials(identifier, HOME))
    assert asked
    return signing_in.request_credentials(asked, HOME)


def wait(identifier: str) -> Outcome:
    """Try after five failures."""
    return _last_of(identifier, throttles.FREE_FAILURES + 1, Wait)


def wait_again(identifier: str) -> Outcome:
    """Try after five failures and some answers not to."""
    return _last_of(identifier, throttles.FREE_FAILURES + 3, Wait)


def by_the_mailbox(identifier: str) -> Outcome:
    """Try after a hundred failures, from as many networks."""
    for number in range(throttles.MOST_IN_A_ROW):
        tries = throttles.of_identifier(identifier, f"198.51.100.{number}", None)
        with db.transaction() as session:
            throttles.fail(session, tries)
    return _last_of(identifier, 1, ByMailbox)


def _last_of(identifier: str, times: int, kind: type[Outcome]) -> Outcome:
    told = [wrong(identifier) for _ in range(times)]
    assert isinstance(told[-1], kind)
    return told[-1]


@pytest.mark.parametrize(
    "act",
    [wrong, like_a_temporary_one, too_long, with_a_forged_mark, ask, wait, wait_again],
)
def test_every_identifiant_asks_as_much_of_the_database(
    app: Flask, kinds: Kinds, act: Callable[[str], object]
) -> None:
    """The same statements in the same order, whoever it is."""
    _same_statements(app, kinds, act)


def test_a_hundred_failures_ask_as_much(app: Flask, kinds: Kinds) -> None:
    """Two of the kinds are enough for as many."""
    _same_statements(app, {kind: kinds[kind] for kind in ("known", "unknown")}, by_the_mailbox)


def test_asking_once_more_asks_as_much(app: Flask, kinds: Kinds) -> None:
    """By the button of the confirmation page, whose mail may have left by now."""
    _same_statements(app, kinds, ask_again)


def _same_statements(app: Flask, kinds: Kinds, act: Callable[[str], object]) -> None:
    wrong("1")  # what a process asks once
    sent: dict[str, list[str]] = {}
    for kind, identifier in kinds.items():
        db.session().rollback()
        with statements_of(app) as sent[kind]:
            act(identifier)
    for kind, statements in sent.items():
        assert statements == sent["unknown"], f"{kind} differs from unknown"


def test_every_identifiant_costs_as_much_after_a_change_of_settings(
    app: Flask, people: People, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some passwords are kept at the old cost, one at the new: a failure pays for both."""
    settings = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(settings, argon2_time_cost=3, argon2_memory_kib=128)
    assert not isinstance(
        signing_in.sign_in(people.moreau.identifier, people.moreau.password or "", HOME), Refused
    )
    paid: Counter[tuple[int, int]] = Counter()
    verify = argon2.PasswordHasher.verify

    def count(hasher: argon2.PasswordHasher, password_hash: str, clear: bytes) -> bool:
        cost = argon2.extract_parameters(password_hash)
        paid[cost.time_cost, cost.memory_cost] += 1
        return bool(verify(hasher, password_hash, clear))

    monkeypatch.setattr(argon2.PasswordHasher, "verify", count)
    for identifier in (*kinds.values(), people.moreau.identifier):
        paid.clear()
        assert wrong(identifier) == Refused()
        assert paid == {(1, 64): 1, (3, 128): 1}
