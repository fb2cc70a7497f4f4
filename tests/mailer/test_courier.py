"""Mails leave at once, by a thread of the web process, or when a worker comes."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from app import background, create_app, db
from app.mailer import delivery
from app.mailer.message import Message
from app.models import MailState
from app.services.mail import outbox as queue
from app.services.mail.kinds import MailKind
from app.testing import Outbox
from tests.support.mail_room import Scripted, ask, courier_of, states
from tests.support.people import People, settle_in
from tests.support.waiting import wait_for


def threads(name: str = "mail") -> list[threading.Thread]:
    """Find the threads that carry mails, or do jobs."""
    return [thread for thread in threading.enumerate() if thread.name == name]


def stop_watching(app: Flask) -> None:
    """End the threads of a process, those of the process it was forked from too."""
    with app.app_context():
        for watcher in background.watchers():
            watcher.stop()
    wait_for(lambda: not threads() and not threads("jobs"), "it did not happen")


@pytest.fixture
def web(settings: config.Settings) -> Iterator[Flask]:
    """A web process that delivers by a thread; its threads end with the test."""
    object.__setattr__(settings, "mail_delivery", "thread")
    app = create_app(settings)
    settle_in(app)
    yield app
    stop_watching(app)
    app.extensions[db.EXTENSION].dispose()


def test_inline_mails_leave_with_the_commit(app: Flask, people: People, outbox: Outbox) -> None:
    """Tests need not wait: once the act is committed, the mail is there."""
    with app.app_context():
        ask(people.zest.identifier)
        assert [mail.recipient for mail in outbox] == [people.zest.email]


def test_what_is_not_committed_does_not_leave(app: Flask, people: People, outbox: Outbox) -> None:
    """The act fails after the mail was queued: no row, no mail."""
    with app.app_context():
        with contextlib.suppress(RuntimeError), db.transaction() as session:
            queue.enqueue(session, MailKind.CREDENTIALS, people.zest.identifier)
            raise RuntimeError
        assert states() == []
        assert len(outbox) == 0


def test_a_failing_delivery_does_not_fail_the_act(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The delivery stumbles: who asked sees nothing of it, operators see where."""

    secret = "2dd150fa6be4410f966601e379bf8d79"

    def stumble(*_arguments: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(delivery, "deliver", stumble)
    with app.app_context(), caplog.at_level(logging.ERROR):
        ask(people.zest.identifier)
        assert states() == [MailState.QUEUED]
    (record,) = caplog.records
    assert (record.getMessage(), vars(record)["type"]) == ("mail.bug", "RuntimeError")
    assert secret not in repr(vars(record))


def test_the_thread_starts_with_the_first_request(web: Flask) -> None:
    """Neither loading the application nor a command starts it: gunicorn forks in between."""
    before = len(threads())
    with web.app_context():
        ask("38162386")
        assert states() == [MailState.QUEUED]
    web.test_cli_runner().invoke(args=["mail", "list"])
    assert len(threads()) == before
    web.test_client().get("/connexion")
    web.test_client().get("/connexion")
    assert len(threads()) == before + 1
    with web.app_context():
        wait_for(lambda: states() == [MailState.SENT], "it did not happen")


def test_making_the_guide_sends_no_mail(web: Flask, tmp_path: Path) -> None:
    """The command asks the portal for a page, yet leaves the queues to those who serve."""
    before = len(threads())
    with web.app_context():
        ask("38162386")
    made = str(tmp_path / "guide.pdf")
    web.test_cli_runner().invoke(args=["guide", "build", "--output", made])
    assert len(threads()) == before
    assert threads("jobs") == []
    with web.app_context():
        assert states() == [MailState.QUEUED]


def test_the_thread_wakes_up_for_a_mail(web: Flask) -> None:
    """A parent asks while the thread sleeps: the mail leaves at once, not at the next look."""
    sent = Outbox(web)
    web.test_client().get("/connexion")
    time.sleep(0.2)
    with web.app_context():
        ask("38162386")
        started = time.monotonic()
        wait_for(lambda: len(sent), "it did not happen")
        assert time.monotonic() - started < background.POLL_SECONDS / 2


def test_no_page_waits_for_a_server_that_hangs(web: Flask) -> None:
    """The server is silent with a mail in hand: pages are read and mails queued as before."""
    server = courier_of(web).backend = Hanging()
    client = web.test_client()
    client.get("/connexion")
    with web.app_context():
        ask("38162386")
        assert server.reached.wait(3)
        started = time.monotonic()
        ask("50000017")
        client.get("/connexion")
        assert time.monotonic() - started < 1
        server.freed.set()
        wait_for(lambda: len(server.sent) == 2, "it did not happen")


def test_the_thread_waits_longer_and_longer_for_a_server_that_is_down(
    web: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down: it asks again, ever more rarely; back: the mail leaves."""
    monkeypatch.setattr(background, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(background, "LONGEST_PAUSE_SECONDS", 0.1)
    server = courier_of(web).backend = Scripted(down=True)
    web.test_client().get("/connexion")
    with web.app_context():
        ask("38162386")
        wait_for(lambda: server.connections > 3, "it did not happen")
        server.down = False
        wait_for(lambda: server.sent, "it did not happen")


def test_a_forked_process_has_a_thread_of_its_own(
    web: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server forks after a first request: the child does not count on its parent's thread."""
    monkeypatch.setattr(background, "POLL_SECONDS", 0.05)
    web.test_client().get("/connexion")
    (parent,) = threads()
    own = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: own + 1)
    web.test_client().get("/connexion")
    (child,) = (thread for thread in threads() if thread is not parent)
    assert child.is_alive()
    stop_watching(web)


def test_stopping_ends_the_thread(web: Flask) -> None:
    """The process ends: the thread has finished its mail and is gone."""
    web.test_client().get("/connexion")
    (thread,) = threads()
    courier_of(web).stop()
    wait_for(lambda: not thread.is_alive(), "it did not happen")


class Hanging(Scripted):
    """Keeps the first mail until it is freed."""

    def __init__(self) -> None:
        """Hang."""
        super().__init__()
        self.reached = threading.Event()
        self.freed = threading.Event()

    def send(self, message: Message) -> None:
        """Wait, then accept."""
        self.reached.set()
        assert self.freed.wait(5)
        super().send(message)
