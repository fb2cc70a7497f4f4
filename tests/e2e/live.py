"""The portal as a town runs it: its own process, its own instance, mails over SMTP."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import config
from app import create_app, db
from app.formats import today
from app.models import Account, Message
from app.services.passwords import hash_password
from tests.smtp_servers import HOST, Mailbox, free_port, serve

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30
MAIL_SECONDS = 20
GUNICORN = (
    "--workers 1 --threads 4 --no-control-socket --log-level info --access-logfile - wsgi:app"
)


@dataclass(frozen=True)
class Portal:
    """A portal that listens, and the mailbox that its mails reach."""

    url: str
    instance: Path
    mailbox: Mailbox

    def first_mail(self) -> EmailMessage:
        """Wait for the first mail and read it as it came over the wire."""
        deadline = time.monotonic() + MAIL_SECONDS
        while not self.mailbox.received:
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.05)
        return self.mailbox.newest()

    def give_password(self, identifier: str, password: str) -> None:
        """Let somebody in, as if they had chosen this password."""
        app = create_app(config.Test(instance=self.instance))
        with app.app_context():
            with db.transaction() as session:
                account = session.query(Account).filter_by(identifier=identifier).one()
                account.password_hash = hash_password(password)
            db.engine().dispose()

    def post(self, identifier: str, subject: str, body: str) -> int:
        """Write to somebody's family, as the town hall, something that takes an answer."""
        app = create_app(config.Test(instance=self.instance))
        with app.app_context():
            with db.transaction() as session:
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
                number = message.id
            db.engine().dispose()
        return number

    def flask(self, *arguments: str) -> str:
        """Run a command of the town hall, and return what it says."""
        return run_flask(self.instance, *arguments)

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
        run_flask(instance, *command.split())


def run_flask(instance: Path, *arguments: str) -> str:
    """Run `flask` on this instance, and return what it says."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=_environment(instance),
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


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
            _wait_for(f"{url}/sante", process)
            yield Portal(url, instance, mailbox)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _environment(instance: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_MAIL_BACKEND": "smtp",
        "PORTAIL_MAIL_DELIVERY": "thread",
        "PORTAIL_SMTP_HOST": HOST,
        "PORTAIL_TOWN_NAME": "Saint-Exemple",
        "PORTAIL_TOWN_PHONE": "04 76 00 00 00",
    }


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "the portal stopped at once"
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < deadline, "the portal does not answer"
            time.sleep(0.1)
        else:
            return
