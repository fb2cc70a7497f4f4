"""Who came to the portal of the demonstration: most parents, some weeks after it opened."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.calendar import working_days
from app.formats import today, town_zone
from app.mailer.answers import Answer
from app.models import (
    Account,
    AccountSession,
    Guardian,
    ImportRun,
    JournalEntry,
    MailState,
    Message,
    MessageMark,
    OutboxMail,
)
from app.services.accounts import passwords
from app.services.mail import refused_addresses
from app.services.mail.kinds import MailKind

OPENED = 15
# How many working days ago each was there; the first time, they chose a password.
VISITS: dict[str, tuple[int, ...]] = {
    "38162386": (14, 4, 1),
    "38162394": (15, 9, 1),
    "38162402": (13,),
    "38162410": (14, 9),
    "38162428": (12, 5, 1),
    "38162436": (11,),
    "38162444": (15, 8, 3),
    "38162451": (6,),
    "38162469": (15, 11, 6, 1),
    "38162493": (14, 2),
    "38162519": (10, 1),
}
BOUNCED = "38162527"
# Who has read what was written to all; the family of the guides has it before them.
MESSAGES = ("301", "302")
UNREAD = frozenset({"38162386", "38162402", "38162436"})
EVENING = time(18, 12)


def come() -> None:
    """Have them invited, and those who do come in, each on their days."""
    with db.transaction() as session:
        _age_import(session, evening(OPENED + 1))
        accounts = session.scalars(
            select(Account).join(Guardian).where(Guardian.email != "").order_by(Account.id)
        ).all()
        for account in accounts:
            _invite(session, account)
            days = VISITS.get(account.identifier, ())
            if days:
                account.password_hash = passwords.hash_password(secrets.token_urlsafe())
                account.password_changed_at = first = evening(days[0])
                _note(session, account, "password_chosen", first)
            for ago in days:
                _visit(session, account, evening(ago))
        _read_messages(session, accounts)


def _age_import(session: Session, at: datetime) -> None:
    for entry in session.scalars(select(JournalEntry).where(JournalEntry.event == "import")):
        entry.at = at
    for run in session.scalars(select(ImportRun)):
        run.received_at = run.settled_at = at


def _invite(session: Session, account: Account) -> None:
    at = evening(OPENED) - timedelta(hours=9)
    account.invited_at, account.invitations = at, 1
    mail = OutboxMail(
        kind=MailKind.ACTIVATION.value,
        identifier=account.identifier,
        by_town_hall=True,
        state=MailState.SENT,
        attempts=1,
        created_at=at,
        due_at=at,
        settled_at=at,
    )
    if account.identifier == BOUNCED:
        refusal = Answer(550, "5.1.1 User unknown", "RCPT").failure("exemple.fr")
        mail.state, mail.last_error = MailState.REFUSED, str(refusal)
        refused_addresses.note(session, account.guardian.email, mail.last_error)
    session.add(mail)
    _note(session, account, f"mail_{mail.state.value}", at)


def _note(session: Session, account: Account, event: str, at: datetime) -> None:
    session.add(JournalEntry(at=at, event=event, account_id=account.id))


def _visit(session: Session, account: Account, at: datetime) -> None:
    """A device that signed in and out."""
    left = at + timedelta(minutes=6)
    session.add(
        AccountSession(
            account_id=account.id,
            key_hash=secrets.token_hex(32),
            created_at=at,
            last_seen_at=left,
            ended_at=left,
        )
    )
    _note(session, account, "signed_in", at)
    _note(session, account, "signed_out", left)


def _read_messages(session: Session, accounts: Sequence[Account]) -> None:
    to_all = session.scalars(select(Message).where(Message.source_id.in_(MESSAGES))).all()
    for account in accounts:
        for message in to_all:
            days = VISITS.get(account.identifier, ())
            since = [evening(ago) for ago in days if evening(ago).date() >= message.sent_on]
            if since and account.identifier not in UNREAD:
                mark = MessageMark(account_id=account.id, message_id=message.id, read_at=since[0])
                session.add(mark)


def evening(ago: int) -> datetime:
    """Return when parents are at home, so many working days ago."""
    return datetime.combine(working_days.before(today(), ago), EVENING, town_zone())
