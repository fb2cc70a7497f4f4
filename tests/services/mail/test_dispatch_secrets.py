"""A temporary password goes to its mailbox, and nowhere else."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import MetaData, select, update

import config
from app import db
from app.mailer.failures import PermanentFailure
from app.mailer.message import Message
from app.models import Guardian, JournalEntry, MailState
from app.testing import CapturedMail
from tests.support.mail_room import Scripted, ask, courier_of, deliver, rows, states
from tests.support.people import People


@pytest.mark.parametrize(
    "address", ["X\r\nBcc: z@evil.fr", "a@x.fr, b@y.fr", "a@x.fr\n", "a b@x.fr", "<a@x.fr>", "@"]
)
def test_an_address_cannot_name_two_people(
    app: Flask, people: People, server: Scripted, address: str
) -> None:
    """What came in through an import is not one plain address: no mail leaves, it is flagged."""
    with db.transaction() as session:
        session.execute(
            update(Guardian).where(Guardian.email == people.zest.email).values(email=address)
        )
    ask(people.zest.identifier)
    deliver(app)
    assert states() == [MailState.REFUSED]
    assert server.sent == []


@pytest.mark.usefixtures("server")
def test_the_secret_is_kept_nowhere(
    app: Flask,
    settings: config.Settings,
    people: People,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A refusal that quotes the mail, a bug, then success: no secret in database, files, logs."""
    caplog.set_level(logging.DEBUG)
    server = courier_of(app).backend = Quoting()
    for person in (people.zest, people.moreau, people.ines):
        ask(person.identifier)
    deliver(app)
    assert states() == [MailState.REFUSED, MailState.QUEUED, MailState.SENT]
    links = [CapturedMail("", mail.as_bytes()).link for mail in server.sent]
    clear = [mail.temporary_password for mail in server.mails] + [
        link.rpartition("/")[2] for link in links
    ]
    assert len(set(clear)) == 6
    stored = dump() + files(settings.instance) + caplog.text.encode()
    stored += b"".join(path.read_bytes() for path in database_files(settings))
    stored += repr([vars(record) for record in caplog.records]).encode()
    for secret in clear:
        assert secret.encode() not in stored


def test_a_link_is_the_portal_s_whatever_the_request_says(
    app: Flask, people: People, server: Scripted
) -> None:
    """Somebody forges Host to receive a parent's link: the link still leads to the portal."""
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    with app.test_request_context("/", base_url="https://evil.example", headers=forged):
        ask(people.zest.identifier)
        deliver(app)
    (mail,) = server.mails
    assert mail.link.startswith("http://localhost/mot-de-passe/lien/")
    assert b"evil.example" not in mail.raw


def test_what_was_sent_is_journalled(app: Flask, people: People, server: Scripted) -> None:
    """Operators read who was sent what, by internal id; no address, no secret."""
    ask(people.zest.identifier)
    deliver(app)
    (entry,) = db.session().scalars(select(JournalEntry)).all()
    assert entry.event == "mail_sent"
    assert entry.account_id is not None
    assert entry.details == {"kind": "credentials", "mail": str(rows()[0].id)}
    assert len(server.sent) == 1


class Quoting(Scripted):
    """Refuses the first mail and stumbles over the second, quoting both; keeps the others."""

    def send(self, message: Message) -> None:
        """Keep what left or nearly did."""
        self.sent.append(message)
        mail = CapturedMail(message.recipient, message.as_bytes())
        quoted = f"Refusé : {mail.temporary_password} {mail.link}\r\n{mail.text}"
        if len(self.sent) == 1:
            raise PermanentFailure(quoted)
        if len(self.sent) == 2:
            raise ValueError(quoted)


def dump() -> bytes:
    """Write every row of every table down."""
    metadata = MetaData()
    metadata.reflect(db.engine())
    with db.engine().connect() as connection:
        return "\n".join(
            repr(row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ).encode()


def database_files(settings: config.Settings) -> list[Path]:
    """Find the files of a SQLite database, its journal included."""
    scheme, _, path = settings.database_url.partition(":///")
    return list(Path(path).parent.glob(f"{Path(path).name}*")) if scheme == "sqlite" else []


def files(folder: Path) -> bytes:
    """Read every file below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
