"""The mail queue as tests handle it: a server that does what they say, and what became of mails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select

from app import db
from app.mailer.answers import Answer
from app.mailer.backends import Send
from app.mailer.courier import EXTENSION, Courier
from app.mailer.delivery import Tally
from app.mailer.failures import MailError, Unavailable
from app.mailer.message import Message
from app.models import MailState, OutboxMail
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.testing import CapturedMail


@dataclass
class Scripted:
    """A backend that raises what `failures` holds, one a mail, then keeps what it is given."""

    failures: list[MailError | Exception] = field(default_factory=list)
    down: bool = False
    connections: int = 0
    sent: list[Message] = field(default_factory=list)

    @property
    def mails(self) -> list[CapturedMail]:
        """Read what left, as its recipients do."""
        return [CapturedMail(message.recipient, message.as_bytes()) for message in self.sent]

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Count the connections."""
        self.connections += 1
        if self.down:
            raise Unavailable("Le serveur de courrier est en panne")
        yield self.send

    def send(self, message: Message) -> None:
        """Fail or keep."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


def bounced(code: int = 550, text: str = "5.1.1 User unknown") -> str:
    """What is noted of an address that a server refused: the sense, then its own words."""
    return str(Answer(code, text, "RCPT").failure("le serveur du destinataire"))


def courier_of(app: Flask) -> Courier:
    """Return the courier of an application."""
    found: Courier = app.extensions[EXTENSION]
    return found


def ask(identifier: str, kind: MailKind = MailKind.CREDENTIALS, **context: str) -> None:
    """Ask for a mail, which tells what it is asked with."""
    with db.transaction() as session:
        outbox.enqueue(session, kind, identifier, **context)


def deliver(app: Flask) -> Tally:
    """Make one pass over the queue."""
    return courier_of(app).deliver()


def rows() -> list[OutboxMail]:
    """Read the queue."""
    db.session().expire_all()
    db.session().rollback()
    return list(db.session().scalars(select(OutboxMail).order_by(OutboxMail.id)))


def states() -> list[MailState]:
    """Read what became of each mail."""
    return [row.state for row in rows()]


def in_parallel(*acts: Callable[[], object]) -> None:
    """Run these at the same moment; fail when one does."""
    barrier = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
