"""Jobs are done by a thread of the web process, beside the one of the mails."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

import config
from app import background, create_app, db
from app.models import JobState, MailState
from app.services.jobs.nights import IN_THE_MORNING, NIGHTLY
from app.services.jobs.running import Task
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from tests.support import mail_room
from tests.support.job_room import Scripted, ask, hire, rows, states
from tests.support.people import settle_in
from tests.support.waiting import wait_for


@pytest.fixture
def web(settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A web process; its threads end with the test, and look at their queues when told only."""
    monkeypatch.setattr(background, "POLL_SECONDS", 600)
    object.__setattr__(settings, "mail_delivery", "thread")
    app = create_app(settings)
    settle_in(app)
    with app.app_context():
        yield app
        for watcher in background.watchers():
            watcher.stop()
    app.extensions[db.EXTENSION].dispose()


@pytest.fixture
def handler(web: Flask) -> Scripted:
    """Who does every job."""
    scripted = Scripted()
    hire(web, scripted)
    return scripted


def threads() -> list[str]:
    """Name the threads that watch."""
    return sorted(each.name for each in threading.enumerate() if each.name in {"jobs", "mail"})


def test_the_thread_starts_with_the_first_request(web: Flask, handler: Scripted) -> None:
    """Neither loading the application nor a command starts it: gunicorn forks in between."""
    ask()
    web.test_cli_runner().invoke(args=["jobs", "list"])
    assert (threads(), handler.done) == ([], [])
    web.test_client().get("/connexion")
    web.test_client().get("/connexion")
    assert threads() == ["jobs", "mail"]
    wait_for(lambda: handler.done, "it did not happen")
    planned = [JobState.DONE, *[JobState.QUEUED] * len(NIGHTLY + IN_THE_MORNING)]
    wait_for(lambda: states() == planned, "it did not happen")
    # Its first look planned the night.
    assert str(rows()[1].key).startswith("purge 20")


def test_the_thread_wakes_up_for_a_job(web: Flask, handler: Scripted) -> None:
    """Somebody asks while it sleeps: it does not wait for its next look, in ten minutes."""
    ask("first")
    web.test_client().get("/connexion")
    wait_for(lambda: handler.names == ["first"], "it did not happen")
    ask("second")
    wait_for(lambda: handler.names == ["first", "second"], "it did not happen")


def test_no_mail_waits_for_a_long_job(web: Flask, handler: Scripted) -> None:
    """An import has ten minutes to go: a parent gets a temporary password meanwhile."""
    begun, freed = threading.Event(), threading.Event()

    def work(_task: Task) -> None:
        begun.set()
        assert freed.wait(10)

    handler.acts = [work]
    ask()
    web.test_client().get("/connexion")
    assert begun.wait(5)
    with db.transaction() as session:
        outbox.enqueue(session, MailKind.PASSWORD_CHANGED, "38162386")
    wait_for(lambda: mail_room.states() == [MailState.SENT], "it did not happen")
    assert states()[0] is JobState.RUNNING
    freed.set()
    wait_for(lambda: states()[0] is JobState.DONE, "it did not happen")


def test_stopping_ends_the_thread(web: Flask) -> None:
    """The process ends: what was in hand is done, and the threads are gone."""
    web.test_client().get("/connexion")
    for watcher in background.watchers():
        watcher.stop()
    assert threads() == []
