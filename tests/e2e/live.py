"""The portal as a town runs it: its own process, its own instance, mails over SMTP."""

import os
import re
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Protocol

from flask import Flask

import config
from app import create_app, db
from app.formats import today
from app.models import Account, Message
from app.services.accounts.passwords import hash_password
from tests.support.smtp_servers import HOST, Mailbox, free_port, serve
from tests.support.waiting import wait_for

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30
DATABASE = "portail.db"
KEY = "d3aebd8f5b8c2f64e0a9b1c7f2635e48"
GUNICORN = (
    "--workers 1 --threads 4 --no-control-socket --log-level info --access-logfile - wsgi:app"
)


@dataclass(frozen=True)
class Portal:
    """A portal that listens, the mailbox that its mails reach, and the commands of the town hall.

    Those run here rather than each in a process of its own, which would take a second to start.
    """

    url: str
    instance: Path
    mailbox: Mailbox
    town_hall: Flask

    def return_to(self, town: Path) -> None:
        """Forget all that happened since this town was copied; no mail of before comes later."""
        with (
            closing(sqlite3.connect(self.instance / DATABASE)) as ours,
            closing(sqlite3.connect(town / DATABASE)) as theirs,
        ):
            with ours:
                ours.execute("DELETE FROM outbox_mail WHERE state = 'queued'")
            leaving = "SELECT count(*) FROM outbox_mail WHERE state = 'sending'"
            wait_for(lambda: ours.execute(leaving).fetchone() == (0,), "a mail never left")
            theirs.backup(ours)
        self.mailbox.received.clear()

    def mail_to(self, address: str) -> EmailMessage:
        """Wait for the first mail to this address and read it as it came over the wire."""
        return mail_to(self.mailbox, address)

    def give_password(self, identifier: str, password: str) -> None:
        """Let somebody in, as if they had chosen this password."""
        with self.town_hall.app_context(), db.transaction() as session:
            account = session.query(Account).filter_by(identifier=identifier).one()
            account.password_hash = hash_password(password)

    def post(self, identifier: str, subject: str, body: str) -> int:
        """Write to somebody's family, as the town hall, something that takes an answer."""
        with self.town_hall.app_context(), db.transaction() as session:
            account = session.query(Account).filter_by(identifier=identifier).one()
            message = Message(
                source_id=subject,
                family_id=account.guardian.family_id,
                sent_on=today(),
                subject=subject,
                body=body,
                answerable=True,
            )
            session.add(message)
            session.flush()
            return message.id

    def flask(self, *arguments: str) -> str:
        """Run a command of the town hall, and return what it says."""
        result = self.town_hall.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def keeps(self, words: str) -> list[str]:
        """Name the files that hold these words: database, journals, the log of the process."""
        return [
            path.name
            for path in self.instance.rglob("*")
            if path.is_file() and words.encode() in path.read_bytes()
        ]


def import_town(instance: Path) -> None:
    """Migrate an empty instance and import the demonstration town into it."""
    for command in ("db upgrade", "import demo"):
        _run_flask(command, _environment(instance))


def demonstrate(instance: Path) -> None:
    """Make the demonstration town whole, with what was asked and answered there."""
    _run_flask("demo", _environment(instance) | {"PORTAIL_ENV": "development"})


def _run_flask(command: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", *command.split()],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )


@contextmanager
def portal(instance: Path) -> Iterator[Portal]:
    """Serve this instance until the block ends; all that the process says goes to a file there."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", *GUNICORN.split()]
    with serve(Mailbox()) as mailbox, (instance / "process.log").open("wb") as log:
        environment = _environment(instance) | {
            "PORTAIL_PUBLIC_URL": url,
            "PORTAIL_SMTP_PORT": str(mailbox.port),
        }
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            started = partial(_answers, f"{url}/sante", process)
            wait_for(started, "the portal does not answer")
            with _town_hall(instance) as town_hall:
                yield Portal(url, instance, mailbox, town_hall)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


@contextmanager
def _town_hall(instance: Path) -> Iterator[Flask]:
    """Open the same instance here; the mails that commands ask for are left to the portal."""
    settings = config.Production(
        instance=instance,
        secret_key=KEY,
        public_url=f"http://{HOST}",
        mail_delivery="worker",
    )
    app = create_app(settings)
    yield app
    app.extensions[db.EXTENSION].dispose()


def _environment(instance: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "PORTAIL_ENV": "production",
        "PORTAIL_SECRET_KEY": KEY,
        "PORTAIL_PUBLIC_URL": f"http://{HOST}",
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_MAIL_BACKEND": "smtp",
        "PORTAIL_MAIL_DELIVERY": "thread",
        "PORTAIL_SMTP_HOST": HOST,
        "PORTAIL_TOWN_NAME": "Saint-Exemple",
        "PORTAIL_TOWN_PHONE": "04 76 00 00 00",
    }


def mail_to(mailbox: Mailbox, address: str) -> EmailMessage:
    """Wait for the first mail to this address and read it as it came over the wire."""

    def look() -> EmailMessage | None:
        for raw in list(mailbox.received):
            mail = message_from_bytes(raw, policy=policy.default)
            if mail["To"] == address:
                return mail
        return None

    return wait_for(look, f"no mail came to {address}")


class Mailed(Protocol):
    """A portal whose mails can be read."""

    def mail_to(self, address: str) -> EmailMessage:
        """Wait for the first mail to this address."""


def words_of(mail: EmailMessage, pattern: re.Pattern[str]) -> str:
    """Read in the text of a mail what it tells to copy, or to open."""
    body = mail.get_body(("plain",))
    assert body is not None
    [words] = pattern.findall("\n".join(body.get_content().splitlines()))
    return str(words)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the portal stopped at once"
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True
