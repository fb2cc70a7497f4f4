"""The database keeps what is written, all or nothing."""

import contextlib
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from app import db
from app.models import Family, JournalEntry, Throttle
from app.services.accounts import signing_in
from app.services.actors import Origin
from tests.support import killed

A_COMMAND = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.executescript("CREATE TABLE IF NOT EXISTS said (word); INSERT INTO said VALUES ('oui')")
database.close()
"""
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def families() -> list[str]:
    """Read the source ids of all families."""
    return list(db.session().scalars(select(Family.source_id)))


def test_a_block_that_raises_leaves_nothing(app: Flask) -> None:
    """Someone's act fails half way: the database is as before."""
    with app.app_context():
        with contextlib.suppress(RuntimeError), db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
            session.flush()
            raise RuntimeError
        assert families() == []


def test_a_block_that_ends_is_kept(app: Flask) -> None:
    """What a transaction wrote is there in the next context."""
    with app.app_context(), db.transaction() as session:
        session.add(Family(source_id="1", number="1"))
    with app.app_context():
        assert families() == ["1"]


def test_a_killed_worker_leaves_no_half_write(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """A parent asks for a password; the machine kills the worker between its two writes."""
    status = killed.status_of(killed.ask_for_a_password, "38162386", tmp_path, database_url)
    assert status == -signal.SIGKILL
    with app.app_context():
        assert db.session().scalars(select(JournalEntry)).all() == []
        assert db.session().scalars(select(Throttle)).all() == []
        db.session().rollback()
        signing_in.request_credentials("38162386", Origin())
        assert len(db.session().scalars(select(JournalEntry)).all()) > 0


def test_errors_tell_nothing_of_a_family(app: Flask) -> None:
    """They go to the log, which more people read than the database."""
    twice = [Family(source_id="1", number=number, street="3 rue des Lilas") for number in "12"]
    with app.app_context(), pytest.raises(IntegrityError) as caught, db.transaction() as session:
        session.add_all(twice)
    assert "Lilas" not in str(caught.value)
    assert "INSERT" in str(caught.value)


def test_what_follows_a_commit_comes_once_and_only_after_it(app: Flask) -> None:
    """Asked for twice in one act: by then the act can be read from elsewhere."""
    seen: list[list[str]] = []

    def look() -> None:
        with app.app_context():
            seen.append(families())

    with app.app_context():
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
            db.after_commit(session, look)
            db.after_commit(session, look)
            assert seen == []
        assert seen == [["1"]]


def test_what_follows_an_act_that_failed_never_comes(app: Flask) -> None:
    """Not even with the next commit."""
    seen: list[str] = []
    with app.app_context():
        with contextlib.suppress(RuntimeError), db.transaction() as session:
            db.after_commit(session, lambda: seen.append("too much"))
            raise RuntimeError
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
    assert seen == []


def test_instants_come_back_in_utc(app: Flask) -> None:
    """An instant is the same on both databases, whatever zone it was given in."""
    with app.app_context():
        with db.transaction() as session:
            session.add(Throttle(key="k", expires_at=NOON))
        db.session().expire_all()
        found = db.session().scalars(select(Throttle)).one()
        assert found.expires_at == NOON
        assert found.expires_at.tzinfo is UTC


def test_naive_instants_are_refused() -> None:
    """Nobody can tell what hour a naive instant means."""
    with pytest.raises(ValueError, match="time zone"):
        db.UtcDateTime().process_bind_param(NOON.replace(tzinfo=None), None)  # type: ignore[arg-type]


def test_a_third_decimal_is_refused() -> None:
    """Nobody's money is rounded in silence."""
    with pytest.raises(ValueError, match="more than 2 decimals"):
        db.Hundredths().process_bind_param(Decimal("1.005"), None)  # type: ignore[arg-type]


def test_sqlite_is_set_up_as_a_real_database(tmp_path: Path) -> None:
    """Foreign keys hold, a power cut loses nothing, only the owner reads the file."""
    wanted = {
        "foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000,
        "cache_size": -512,
    }  # fmt: skip
    path = tmp_path / "portail.db"
    engine = db.open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
    engine.dispose()
    assert pragmas == wanted
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_command_that_ends_takes_nothing_from_a_worker(tmp_path: Path) -> None:
    """The worker has a connection for mails and one for jobs; what a command wrote is read by both.

    Whoever leaves a database last takes its journal of writes along: a worker that lost its locks
    on the way would read the past from then on, and write for nobody.
    """
    path = tmp_path / "portail.db"

    def give_a_command() -> None:
        subprocess.run([sys.executable, "-c", A_COMMAND, path], check=True)

    def heard(connection: Connection) -> int:
        with connection.begin():
            return int(connection.execute(text("SELECT count(*) FROM said")).scalar_one())

    with click.Context(click.Command("deliver")):
        engine = db.open_engine(f"sqlite:///{path}")
        give_a_command()
        with engine.connect() as mails:
            assert heard(mails) == 1
            with engine.connect() as jobs:
                for commands in (2, 3):
                    give_a_command()
                    assert [heard(mails), heard(jobs)] == [commands, commands]
        engine.dispose()


def test_only_who_asks_does_without_the_disk(app: Flask) -> None:
    """Nobody waits for the note of a mail that left; the next act outlives a power cut again."""
    ask, without, with_ = {
        "sqlite": ("PRAGMA synchronous", 1, 2),
        "postgresql": ("SHOW synchronous_commit", "off", "on"),
    }[app.extensions[db.EXTENSION].dialect.name]
    with app.app_context():
        for durable, expected in ((False, without), (True, with_), (False, without)):
            with db.transaction(durable=durable) as session:
                assert session.connection().exec_driver_sql(ask).scalar_one() == expected


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_writes_to_sqlite_is_not_waited_for_by_all(app: Flask) -> None:
    """An import holds the lock: two may wait for it, the others hear at once; all may read."""
    told: list[str] = []

    def write() -> None:
        with app.app_context():
            try:
                with db.transaction() as session:
                    session.add(JournalEntry(event="x", at=NOON))
            except db.Busy:
                told.append("busy")

    with app.app_context(), db.transaction():
        threads = [threading.Thread(target=write) for _ in range(8)]
        for each in threads:
            each.start()
        while len(told) < 6:
            with app.app_context():
                db.rows(select(Family.id))
    for each in threads:
        each.join()
    assert told == ["busy"] * 6
    with app.app_context():
        assert len(db.rows(select(JournalEntry.id))) == 2
