"""Temporary passwords: good once, for exactly 24 hours."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, insert, select

from app import db
from app.formats import PARIS
from app.models import Account, TemporaryPassword
from app.services.tokens import temporary_passwords
from app.services.tokens.temporary_passwords import IssuedPassword
from tests.support.people import People

ROUNDS = 20
SIMULTANEOUS = 8


@pytest.fixture
def account_id(app: Flask, people: People) -> Iterator[int]:
    """The account of Madame ZEST."""
    with app.app_context():
        query = select(Account.id).where(Account.identifier == people.zest.identifier)
        yield db.session().scalars(query).one()


def issue(account_id: int) -> IssuedPassword:
    """Make a secret."""
    with db.transaction() as session:
        return temporary_passwords.issue(session, account_id)


def typed(account_id: int, secret: str) -> TemporaryPassword | None:
    """Type a secret."""
    return temporary_passwords.find_by_secret(db.session(), account_id, secret)


def test_a_secret_is_32_hexadecimal_characters_kept_nowhere(account_id: int) -> None:
    """128 bits, and the database holds only a keyed hash of them."""
    issued = issue(account_id)
    assert len(issued.secret) == 32
    assert int(issued.secret, 16) >= 0
    row = typed(account_id, issued.secret)
    assert row is not None
    assert row.secret_hash != issued.secret
    assert issued.secret not in issued.link_token


def test_blanks_and_capitals_around_a_pasted_secret_are_forgiven(account_id: int) -> None:
    """A phone adds a blank or a capital; it is still the secret."""
    issued = issue(account_id)
    assert typed(account_id, f"  {issued.secret.upper()}\n") is not None
    assert typed(account_id, issued.secret[:16] + " " + issued.secret[16:]) is not None


def test_a_secret_is_good_for_its_account_only(account_id: int) -> None:
    """The same characters open nothing elsewhere."""
    issued = issue(account_id)
    assert typed(account_id + 1, issued.secret) is None
    assert typed(0, issued.secret) is None


@pytest.mark.parametrize(
    "asked_at",
    [
        datetime(2026, 7, 12, 15, 5, tzinfo=PARIS),
        # The nights of 23 and 25 hours.
        datetime(2026, 3, 28, 15, 5, tzinfo=PARIS),
        datetime(2026, 10, 24, 15, 5, tzinfo=PARIS),
        datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=0),
    ],
)
def test_valid_for_24_real_hours(account_id: int, asked_at: datetime) -> None:
    """Right at 24 h 00 m 00 s, refused one second later, on both nights of the time change."""
    asked_at = asked_at.astimezone(UTC)
    with time_machine.travel(asked_at, tick=False):
        issued = issue(account_id)
        assert issued.expires_at == asked_at + timedelta(hours=24)
    row = typed(account_id, issued.secret)
    assert row is not None
    with time_machine.travel(asked_at + timedelta(hours=24), tick=False):
        assert temporary_passwords.usable(row)
    with time_machine.travel(asked_at + timedelta(hours=24, seconds=1), tick=False):
        assert not temporary_passwords.usable(row)
        with db.transaction() as session:
            assert not temporary_passwords.consume(session, row.id)


def test_every_unexpired_one_works_until_one_is_used(account_id: int) -> None:
    """Mails arrive late and out of order: the older secret works as well."""
    first, second = issue(account_id), issue(account_id)
    assert typed(account_id, first.secret) is not None
    row = typed(account_id, second.secret)
    assert row is not None
    with db.transaction() as session:
        assert temporary_passwords.consume(session, row.id)
        temporary_passwords.revoke_all(session, account_id)
    assert typed(account_id, first.secret) is None
    assert typed(account_id, second.secret) is None


def test_of_eight_simultaneous_uses_exactly_one_wins(app: Flask, account_id: int) -> None:
    """Twenty rounds of eight threads on one secret: one winner each."""
    for _ in range(ROUNDS):
        row = typed(account_id, issue(account_id).secret)
        assert row is not None
        row_id = row.id
        db.session().rollback()
        wins = race(app, row_id)
        assert sorted(wins) == [False] * (SIMULTANEOUS - 1) + [True]


def race(app: Flask, row_id: int) -> list[bool]:
    """Use one secret from eight threads at the same time."""
    wins: list[bool] = []
    start = threading.Barrier(SIMULTANEOUS)

    def use() -> None:
        with app.app_context():
            start.wait()
            with db.transaction() as session:
                wins.append(temporary_passwords.consume(session, row_id))

    threads = [threading.Thread(target=use) for _ in range(SIMULTANEOUS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wins


def test_a_link_stands_for_its_secret_and_cannot_be_made_up(account_id: int) -> None:
    """The signed link finds the row; a changed one finds nothing."""
    issued = issue(account_id)
    session = db.session()
    assert temporary_passwords.find_by_link(session, issued.link_token) is not None
    for forged in (issued.link_token + "x", "1", "", "é", "\x00", "MQ." + "A" * 27):
        assert temporary_passwords.find_by_link(session, forged) is None


def test_a_link_is_not_good_for_the_row_that_takes_its_number(account_id: int) -> None:
    """A backup is restored, and the next secret gets the number of one that was lost."""
    lost = issue(account_id)
    with db.transaction() as session:
        number = session.scalars(delete(TemporaryPassword).returning(TemporaryPassword.id)).one()
        session.execute(
            insert(TemporaryPassword).values(
                id=number,
                account_id=account_id,
                secret_hash="0" * 64,
                created_at=datetime.now(UTC),
                expires_at=lost.expires_at,
            )
        )
    assert temporary_passwords.find_by_link(db.session(), lost.link_token) is None


def test_a_new_key_keeps_the_old_secrets_while_it_is_a_fallback(
    app: Flask, account_id: int
) -> None:
    """Ops change the key: mails already sent still work."""
    from dataclasses import replace

    from app.settings import EXTENSION

    issued = issue(account_id)
    old = app.extensions[EXTENSION]
    new_key = "another-key-for-the-tests-of-rotation"
    app.extensions[EXTENSION] = replace(
        old, secret_key=new_key, secret_key_fallbacks=(old.secret_key,)
    )
    assert typed(account_id, issued.secret) is not None
    assert temporary_passwords.find_by_link(db.session(), issued.link_token) is not None
    app.extensions[EXTENSION] = replace(old, secret_key=new_key)
    assert typed(account_id, issued.secret) is None
    assert temporary_passwords.find_by_link(db.session(), issued.link_token) is None


@pytest.mark.parametrize(
    "typed", ["\u200b{}", "{}\ufeff", " {}. ", "\u202a{}\u202c", "{}\u00a0", "{}.\u2060"]
)
def test_what_a_mail_program_glues_to_it_is_forgiven(account_id: int, typed: str) -> None:
    """Around it, and between its signs."""
    with db.transaction() as session:
        secret = temporary_passwords.issue(session, account_id).secret
        split = f"{secret[:8]}\u00ad{secret[8:20]} {secret[20:]}"
        for words in (secret, split):
            pasted = typed.format(words)
            assert temporary_passwords.find_by_secret(session, account_id, pasted) is not None
        assert temporary_passwords.find_by_secret(session, account_id, f"x{secret}") is None
