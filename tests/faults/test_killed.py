"""A web process is killed at the worst moment: no half write, no mail lost, visitors are served."""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPException

import psycopg
import pytest
from sqlalchemy import delete, func, select, update

from app import db
from app.models import JournalEntry, MailState, OutboxMail, Throttle
from tests.conftest import BOTH_DATABASES
from tests.faults.towns import FORGOTTEN, SIGN_IN, Town, started
from tests.support.databases import NewDatabase, engine_of
from tests.support.mail_room import rows
from tests.support.people import Person
from tests.support.serving import children
from tests.support.smtp_servers import SILENCE, Mailbox, serve
from tests.support.waiting import succeeds, wait_for

# Its answer never comes: what inserts a mail stays where it is until it is killed.
ENDLESS = """
CREATE VIEW endless AS WITH RECURSIVE numbers (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT n FROM numbers;
CREATE TRIGGER stuck BEFORE INSERT ON outbox_mail BEGIN SELECT count(*) FROM endless; END;
"""


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def everlasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Start it once."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    with started(tmp_path_factory.mktemp("town"), new()) as town:
        yield town


@pytest.fixture
def town(everlasting: Town) -> Iterator[Town]:
    """Nobody has asked for anything, and no mail waits."""
    with everlasting.app.app_context():
        with db.transaction() as session:
            for model in (OutboxMail, JournalEntry, Throttle):
                session.execute(delete(model))
        yield everlasting


def forgot(town: Town, person: Person) -> int:
    """Somebody presses « Mot de passe oublié »."""
    return town.visitor().send(FORGOTTEN, identifier=person.identifier).status


def kill_worker(town: Town) -> None:
    """Kill it as the system does when memory is short; wait for who comes after it."""
    [worker] = children(town.gunicorn)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: children(town.gunicorn) - {worker}, "nobody came after it")
    answers = partial(succeeds, partial(town.visitor().get, SIGN_IN), OSError, HTTPException)
    wait_for(answers, "nobody answers")


def test_no_page_waits_for_the_mail_server(town: Town) -> None:
    """It has a mail in hand and says nothing; who asks meanwhile is answered."""
    mailbox = Mailbox(port=town.smtp_port)
    mailbox.script["DATA"] = [SILENCE]
    with serve(mailbox):
        assert forgot(town, town.people.zest) == 302
        wait_for(lambda: mailbox.received, "no mail left")
        assert town.visitor().get(SIGN_IN).status == 200
        assert forgot(town, town.people.moreau) == 302
        assert [mail.state for mail in rows()] == [MailState.SENDING, MailState.QUEUED]


def test_a_process_killed_in_a_mail_loses_none(town: Town) -> None:
    """The server has taken the mail when its sender dies; one copy more comes, of no other."""
    mailbox = Mailbox(port=town.smtp_port)
    with serve(mailbox):
        mailbox.script["DATA"] = [SILENCE]
        assert forgot(town, town.people.zest) == 302
        wait_for(lambda: mailbox.received, "no mail left")
        assert forgot(town, town.people.moreau) == 302
        kill_worker(town)
        [mail, _] = rows()
        assert mail.state is MailState.SENDING
        assert mail.due_at < datetime.now(UTC) + timedelta(minutes=2)
        with db.transaction() as session:
            lease = update(OutboxMail).where(OutboxMail.id == mail.id)
            session.execute(lease.values(due_at=datetime.now(UTC)))
        wait_for(lambda: all(mail.state is MailState.SENT for mail in rows()), "a mail stayed")
    arrived = Counter(mailbox.recipients)
    assert arrived == {town.people.zest.email: 2, town.people.moreau.email: 1}
    assert len({mail["Message-ID"] for mail in mailbox.mails()}) == 2


def test_a_process_killed_in_a_request_leaves_no_half(town: Town) -> None:
    """A parent's act has written its first rows; it is all undone, and can be done again."""
    with stuck_at_the_outbox(town), ThreadPoolExecutor(1) as threads:
        answer = threads.submit(forgot, town, town.people.zest)
        wait_for(lambda: is_stuck(town), "nothing was written")
        kill_worker(town)
        with pytest.raises((OSError, HTTPException)):
            answer.result()
    assert counted() == {"JournalEntry": 0, "Throttle": 0, "OutboxMail": 0}
    assert forgot(town, town.people.zest) == 302
    assert counted()["OutboxMail"] == 1


def counted() -> dict[str, int | None]:
    """Count what pressing « Mot de passe oublié » writes."""
    db.session().rollback()
    return {
        model.__name__: db.session().scalar(select(func.count()).select_from(model))
        for model in (JournalEntry, Throttle, OutboxMail)
    }


@contextmanager
def stuck_at_the_outbox(town: Town) -> Iterator[None]:
    """Keep whoever writes to the queue of mails in the middle of their act."""
    url = engine_of(town.app).url
    if url.get_backend_name() == "postgresql":
        with psycopg.connect(url.set(drivername="postgresql").render_as_string()) as other:
            other.execute("LOCK TABLE outbox_mail IN EXCLUSIVE MODE")
            yield
        return
    assert url.database
    with sqlite3.connect(url.database) as database:
        database.executescript(ENDLESS)
    try:
        yield
    finally:
        database.executescript("DROP TRIGGER stuck; DROP VIEW endless")
        database.close()


def is_stuck(town: Town) -> bool:
    """Tell whether somebody is."""
    url = engine_of(town.app).url
    if url.get_backend_name() == "postgresql":
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'outbox_mail'::regclass"
        found = db.session().connection().exec_driver_sql(waiting).first()
        db.let_go()
        return found is not None
    assert url.database
    database = sqlite3.connect(url.database, timeout=0)
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        database.close()
    return False
