"""How fast credentials leave by SMTP, against Flask-Mail alone: `python -m benchmarks.mail`.

Ours makes each secret, renders both parts, writes each state; Flask-Mail alone sends messages that
are ready, over one connection. The same mails, the same server, in turn.
"""

import secrets
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import flask_mail
from alembic import command
from flask import Flask

import config
from app import create_app, db
from app.cli.database import alembic_config
from app.mailer.courier import courier
from app.mailer.delivery import Fate
from app.models import Account, Family, Guardian
from app.services.mail import letters, outbox
from app.services.mail.kinds import MailKind
from app.services.tokens.temporary_passwords import IssuedPassword
from benchmarks import smtp_sink

MAILS = 1_000
ROUNDS = 5
TARGET = 0.5


def main(batch: int = MAILS, rounds: int = ROUNDS) -> bool:
    """Measure, print the table, and tell whether the target holds."""
    with tempfile.TemporaryDirectory() as folder, smtp_sink.running() as port:
        portal = _portal(Path(folder), port, batch * rounds)
        with portal.app_context():
            batches = [range(number * batch, (number + 1) * batch) for number in range(rounds)]
            pairs = [_pair(port, numbers) for numbers in batches]
        portal.extensions[db.EXTENSION].dispose()
    ours, alone = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(ours / alone for ours, alone in pairs)
    print(f"Mail: {batch} credentials by SMTP, {rounds} rounds in turn, medians")
    print(f"  Flask-Mail alone, mails ready-made  {alone:8.0f} mails/s")
    print(f"  the portal, from its queue          {ours:8.0f} mails/s")
    print(f"  ratio                               {ratio:8.2f}   (target: {TARGET} or more)")
    return ratio >= TARGET


def _portal(folder: Path, port: int, accounts: int) -> Flask:
    app = create_app(
        config.Test(
            instance=folder,
            mail_backend="smtp",
            smtp_port=port,
            mail_delivery="worker",
            public_url="https://portail.commune.fr",
            town_phone="04 76 00 00 00",
        )
    )
    with app.app_context():
        command.upgrade(alembic_config(), "head")
        with db.transaction() as session:
            session.add_all(_account(number) for number in range(accounts))
    return app


def _account(number: int) -> Account:
    family = Family(source_id=str(number), number=str(number))
    guardian = Guardian(
        family=family, rank=1, last_name="ZEST", first_name="PAYS", email=_address(number)
    )
    return Account(guardian=guardian, identifier=_identifier(number))


def _identifier(number: int) -> str:
    return str(38_000_000 + number)


def _address(number: int) -> str:
    return f"parent{number}@exemple.fr"


def _pair(port: int, numbers: range) -> tuple[float, float]:
    return _rate_of_the_portal(numbers), _rate_of_flask_mail(numbers, port)


def _rate_of_the_portal(numbers: range) -> float:
    with db.transaction() as session:
        outbox.send_all(session, MailKind.CREDENTIALS, [_identifier(number) for number in numbers])
    started = perf_counter()
    tally = courier().deliver()
    elapsed = perf_counter() - started
    assert tally.fates[Fate.SENT] == len(numbers), tally
    return len(numbers) / elapsed


def _rate_of_flask_mail(numbers: range, port: int) -> float:
    messages = [_ready_made(number) for number in numbers]
    app = Flask(__name__)
    app.config["MAIL_PORT"] = port
    mail = flask_mail.Mail(app)
    with app.app_context():
        started = perf_counter()
        with mail.connect() as connection:
            for message in messages:
                connection.send(message)
        return len(numbers) / (perf_counter() - started)


def _ready_made(number: int) -> flask_mail.Message:
    now = datetime.now(UTC)
    recipient = letters.Recipient(number, _identifier(number), _address(number))
    issued = IssuedPassword(secrets.token_hex(16), f"{number}.token", now + timedelta(days=1))
    written = letters.write(MailKind.CREDENTIALS, recipient, issued, now, {})
    return flask_mail.Message(
        written.subject,
        [written.recipient],
        body=written.text,
        html=written.html,
        sender=written.sender.address,
    )


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
