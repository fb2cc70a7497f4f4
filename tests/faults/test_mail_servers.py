"""The mail server misbehaves in each of its ways: the worker goes on, each mail has its end."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

import config
from app import create_app, db
from app.models import MailState, OutboxMail
from app.services.mail.kinds import MailKind
from tests.conftest import BOTH_DATABASES
from tests.support.databases import NewDatabase, engine_of
from tests.support.mail_room import ask, rows
from tests.support.mail_worker import at_work
from tests.support.people import People, settle_in
from tests.support.smtp_servers import (
    ACCOUNT,
    HANG_UP,
    HOST,
    SILENCE,
    Mailbox,
    certificate,
    free_port,
    serve,
    server_context,
    silent,
)  # fmt: skip
from tests.support.waiting import wait_for

Server = Callable[[Mailbox, Path], AbstractContextManager[object]]
Settings = Mapping[str, Any]
Offices = Iterator["Office"]


def answering(**script: str) -> Server:
    """Answer so once."""

    def open_server(mailbox: Mailbox, _folder: Path) -> AbstractContextManager[object]:
        for command, said in script.items():
            mailbox.script[command].append(said)
        return serve(mailbox)

    return open_server


@contextmanager
def unknown_authority(mailbox: Mailbox, folder: Path) -> Iterator[object]:
    """Show a certificate that nobody vouches for."""
    with serve(mailbox, "tls", server_context(certificate(folder))) as running:
        yield running


@contextmanager
def wanting_an_account(mailbox: Mailbox, folder: Path) -> Iterator[object]:
    """Want another password than ours."""
    with serve(mailbox, "none", account=ACCOUNT) as running:
        yield running


@contextmanager
def slow(mailbox: Mailbox, _folder: Path) -> Iterator[object]:
    """Take its time for each answer."""
    mailbox.delay = 0.1
    with serve(mailbox) as running:
        yield running


@dataclass(frozen=True)
class Mode:
    """A way to fail: what a mail becomes meanwhile, and the words that ops read beside it."""

    server: Server
    state: MailState
    reason: str
    # How many the parent has once the server is mended.
    copies: int = 1
    settings: Settings = field(default_factory=dict)


WAITS, REFUSED, SENT = MailState.QUEUED, MailState.REFUSED, MailState.SENT
MODES = {
    "nobody there": Mode(lambda *_: nullcontext(), WAITS, "refuse la connexion"),
    "never a word": Mode(lambda box, _: silent(box.port), WAITS, "n’a pas répondu à temps"),
    "slow": Mode(slow, SENT, ""),
    "later": Mode(answering(RCPT="452 4.2.2 Full"), WAITS, "boîte aux lettres est pleine"),
    "never": Mode(answering(RCPT="550 5.1.1 Unknown"), REFUSED, "n’existe pas", copies=0),
    "refused whole": Mode(answering(DATA="554 5.7.1 Spam"), WAITS, "se méfie"),
    "closes": Mode(answering(MAIL="421 4.3.2 Closing"), WAITS, "ferme la connexion"),
    "hangs in DATA": Mode(answering(DATA=SILENCE), WAITS, "une fois le courriel remis", copies=2),
    "drops after DATA": Mode(
        answering(DATA=HANG_UP), WAITS, "une fois le courriel remis", copies=2
    ),
    "TLS that nobody vouches for": Mode(
        unknown_authority, WAITS, "certificat qui n’est pas valable",
        settings={"smtp_security": "tls"},
    ),
    "another password": Mode(
        wanting_an_account, WAITS, "PORTAIL_SMTP_PASSWORD",
        settings={"smtp_username": ACCOUNT[0], "smtp_password": "wrong"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A town whose mails are sent by one worker, all day, through whatever listens at a port."""

    app: Flask
    people: People
    settings: config.Settings
    worker: ForkServerProcess

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Stop the worker in its tracks: somebody else has its work."""
        assert self.worker.pid
        os.kill(self.worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.worker.pid, signal.SIGCONT)


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Offices:
    """One for all that follows: it goes on, whatever happens."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    settings = config.Test(
        instance=tmp_path_factory.mktemp("office"), database_url=new(), mail_backend="smtp",
        mail_delivery="worker", smtp_host=HOST, smtp_port=free_port(), smtp_timeout=1,
    )  # fmt: skip
    app = create_app(settings)
    people = settle_in(app)
    with at_work(settings) as worker:
        yield Office(app, people, settings, worker)
    engine_of(app).dispose()


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_each_mail_has_its_end(office: Office, tmp_path: Path, mode: Mode) -> None:
    """Two parents are written to; the first mail meets the fault, which is mended afterwards."""
    zest, moreau = office.people.zest, office.people.moreau
    mailbox = Mailbox(port=office.settings.smtp_port)
    with office.app.app_context():
        forget_mails()
        with ExitStack() as stack:
            if mode.settings:
                stack.enter_context(office.resting())
            stack.enter_context(mode.server(mailbox, tmp_path))
            if mode.settings:
                stack.enter_context(at_work(replace(office.settings, **mode.settings)))
            for person in (zest, moreau):
                ask(person.identifier, MailKind.NEW_MESSAGE)
            first, _ = wait_for(tried, "nobody tried")
        assert first.state is mode.state
        assert mode.reason in first.last_error
        mailbox.delay = 0
        with serve(mailbox):
            time_goes_on()
            wait_for(lambda: all(mail.settled_at for mail in rows()), "a mail stayed")
        assert [mail.state for mail in rows()] == [REFUSED if mode.state is REFUSED else SENT, SENT]
    arrived = Counter(mailbox.recipients)
    assert (arrived[zest.email], arrived[moreau.email]) == (mode.copies, 1)
    names = {mail["Message-ID"] for mail in mailbox.mails()}
    assert len(names) == min(mode.copies, 1) + 1


def tried() -> list[OutboxMail]:
    """Both mails, once the worker has done with them."""
    mails = rows()
    done = all(mail.settled_at or (mail.last_error and mail.state is WAITS) for mail in mails)
    return mails if done else []


def time_goes_on() -> None:
    """All that waits for its next try has waited for it."""
    waits = update(OutboxMail).where(OutboxMail.state == WAITS)
    with db.transaction() as session:
        session.execute(waits.values(due_at=datetime.now(UTC)))


def forget_mails() -> None:
    with db.transaction() as session:
        session.execute(delete(OutboxMail))
