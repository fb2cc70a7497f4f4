"""« Courriels » in its states: every fate of a mail, what strangers typed, nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete

from app import db
from app.mailer.answers import Answer
from app.models import MailState, OutboxMail
from app.services.mail.kinds import MailKind
from tests.support.browser import Browser, Page
from tests.support.people import People

Screens = Iterator[tuple[str, Page]]
ADDRESS_GONE = str(Answer(550, "5.1.1 no such user", "RCPT").failure("smtp.commune.fr"))
MAILBOX_FULL = str(Answer(552, "5.2.2 over quota", "RCPT").failure("smtp.commune.fr"))
WAIT = str(Answer(451, "4.7.1 greylisted", "RCPT").failure("smtp.commune.fr"))


def settle_mails(app: Flask, people: People, at: datetime) -> None:
    """Have a mail of each fate, one minute before the other."""
    fates = (
        (people.zest.identifier, MailKind.NEW_MESSAGE, MailState.REFUSED, ADDRESS_GONE),
        (people.ines.identifier, MailKind.NEW_MESSAGE, MailState.REFUSED, MAILBOX_FULL),
        (people.karim.identifier, MailKind.NEW_INVOICE, MailState.QUEUED, WAIT),
        (people.claire.identifier, MailKind.CREDENTIALS, MailState.LIMITED, ""),
        (people.moreau.identifier, MailKind.NEW_MESSAGE, MailState.SENT, ""),
        (people.no_address.identifier, MailKind.NEW_MESSAGE, MailState.SENDING, ""),
        ("38162368", MailKind.CREDENTIALS, MailState.UNKNOWN, ""),
        ("11", MailKind.CREDENTIALS, MailState.UNKNOWN, ""),
    )
    with app.app_context(), db.transaction() as session:
        for place, (identifier, kind, state, told) in enumerate(fates, start=1):
            asked_at = at - timedelta(minutes=len(fates) - place + 1)
            is_over = state not in {MailState.QUEUED, MailState.SENDING}
            session.add(
                OutboxMail(
                    identifier=identifier, kind=kind, state=state, last_error=told, attempts=2,
                    created_at=asked_at, due_at=datetime.now(UTC) + timedelta(hours=1),
                    settled_at=asked_at if is_over else None,
                )
            )  # fmt: skip


def mail_screens(app: Flask, office: Browser, people: People) -> Screens:
    """Go through them as somebody who may do everything."""
    _forget_all(app)
    now = datetime.now(UTC)
    settle_mails(app, people, now)
    with app.app_context(), db.transaction() as session:
        code = {"kind": MailKind.CLERK_CODE, "address": "camille.martin@commune.fr"}
        moments = dict.fromkeys(("created_at", "due_at", "settled_at"), now)
        session.add(OutboxMail(identifier="", state=MailState.SENT, **code, **moments))
    page = office.get("town_hall.mails")
    yield "mails", page
    yield "mails, none chosen", page.submit("Renvoyer")
    yield "mails, none like it", office.visit("/mairie/courriels?famille=xylophone")
    yield "mails, unknown identifiants", office.visit("/mairie/courriels?vue=inconnus")
    _forget_all(app)
    yield "mails, none", office.get("town_hall.mails")
    yield "mails, no unknown identifiant", office.visit("/mairie/courriels?vue=inconnus")


def _forget_all(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(delete(OutboxMail))
