"""A web process is killed at the worst moment, or asked by many at once.

No half write, no mail lost; who comes is served, or told when to come back.
"""

import os
import signal
import sqlite3
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path

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
from tests.support.serving import Visitor, children
from tests.support.smtp_servers import SILENCE, Mailbox, serve
from tests.support.waiting import succeeds, wait_for

HOME = "/accueil"
# What a password costs in production.
REAL_HASHES = {"PORTAIL_ARGON2_MEMORY_KIB": "19456", "PORTAIL_ARGON2_TIME_COST": "2"}
CROWD = 50
MEMORY_KIB = 512 * 1024
FLOODERS, LONG = 4, 10_000
PAUSE_SECONDS = 0.05
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
    with started(tmp_path_factory.mktemp("town"), new(), environ=REAL_HASHES) as town:
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


@pytest.mark.soak
def test_fifty_wrong_passwords_at_once(town: Town) -> None:
    """Each costs 19 MiB while it is looked at: a few at a time, the others wait or come back."""
    together = threading.Barrier(CROWD)

    def come(number: int) -> int:
        visitor = town.visitor()
        form = visitor.form(SIGN_IN)
        together.wait()
        wrong = {"identifier": f"{38000000 + number}", "password": "Faux12345"}
        return visitor.post(SIGN_IN, form | wrong).status

    with ThreadPoolExecutor(CROWD) as threads:
        answers = Counter(threads.map(come, range(CROWD)))
    assert set(answers) <= {302, 503}
    assert answers[302] > 0
    [worker] = children(town.gunicorn)
    assert most_memory(worker) < MEMORY_KIB


@pytest.mark.parametrize(
    ("everlasting", "asked"),
    [
        ("sqlite", 60),
        pytest.param("sqlite", LONG, marks=pytest.mark.soak),
        pytest.param("postgresql", LONG, marks=pytest.mark.soak),
    ],
    indirect=["everlasting"],
)
def test_a_flood_of_forgotten_passwords(town: Town, asked: int) -> None:
    """A program presses « Mot de passe oublié » for everybody; a parent reads her page."""
    parent = town.visitor()
    zest = town.people.zest
    sent = parent.send(SIGN_IN, identifier=zest.identifier, password=zest.password or "")
    assert sent.headers["Location"] == HOME
    seconds: list[float] = []
    over = threading.Event()

    def read() -> None:
        while not over.wait(PAUSE_SECONDS):
            begun = time.monotonic()
            assert parent.get(HOME).status == 200
            seconds.append(time.monotonic() - begun)

    with serve(Mailbox(port=town.smtp_port)), ThreadPoolExecutor(FLOODERS + 1) as threads:
        reader = threads.submit(read)
        floods = [threads.submit(flood, town.visitor(), asked // FLOODERS) for _ in range(FLOODERS)]
        answers = sum((each.result() for each in floods), Counter[int]())
        over.set()
        reader.result()
    assert sum(answers.values()) == asked
    assert set(answers) <= {302, 503}
    assert len(seconds) > 1
    # Over a few pages, on a machine that others use, it would say nothing.
    if asked >= LONG:
        assert statistics.quantiles(seconds, n=20)[-1] < 1


def flood(visitor: Visitor, times: int) -> Counter[int]:
    """Press the button again and again."""
    form = visitor.form(FORGOTTEN)
    return Counter(
        visitor.post(FORGOTTEN, form | {"identifier": str(38000000 + each)}).status
        for each in range(times)
    )


def most_memory(process: int) -> int:
    """Tell how much a process had at most, in KiB."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    [line] = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


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
