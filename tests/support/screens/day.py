"""« À faire aujourd’hui »: a town that begins, all that may wait, nothing that does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, func, select, update

from app import db
from app.models import (
    AcceptedValue,
    Account,
    FamilyRequest,
    JournalEntry,
    MailState,
    Message,
    MessageReply,
    OutboxMail,
    RefusedAddress,
    RequestState,
)
from tests.support.browser import Browser, Page
from tests.support.mail_room import bounced

Screens = Iterator[tuple[str, Page]]
BEFORE = datetime(2026, 9, 1, 8, tzinfo=UTC)


def day_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as somebody who may do everything."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        first = select(func.min(FamilyRequest.id)).scalar_subquery()
        late = {"expected_on": now.date() - timedelta(days=3)}
        session.execute(update(FamilyRequest).values(state=RequestState.SENT))
        session.execute(update(FamilyRequest).where(FamilyRequest.id == first).values(**late))
        session.execute(
            update(OutboxMail).values(state=MailState.QUEUED, attempts=3, created_at=BEFORE)
        )
        coming = select(Account).where(Account.archived_at.is_(None)).order_by(Account.id)
        accounts = session.scalars(coming).all()
        kept = {account.id: (account.password_hash, account.guardian.email) for account in accounts}
        accounts[1].password_hash, accounts[1].invited_at = None, now
        accounts[2].password_hash, accounts[2].guardian.email = None, ""
        addresses = {each.guardian.email for each in (accounts[0], *accounts[3:])} - {""}
        session.execute(delete(RefusedAddress))
        for address in sorted(addresses):
            session.add(RefusedAddress(address=address, refused_at=now, reason=bounced()))
        message = session.scalar(select(func.min(Message.id)).where(Message.withdrawn_at.is_(None)))
        session.add(
            MessageReply(
                message_id=message,
                family_id=accounts[0].guardian.family_id,
                account_id=accounts[0].id,
                written_at=now,
                waits_since=now,
                body="À quelle heure ?",
            )
        )
        session.add(JournalEntry(at=now - timedelta(days=23), event="import"))
    yield "town hall, day", office.get("town_hall.day")
    with app.app_context(), db.transaction() as session:
        for account_id, (password, email) in kept.items():
            account = session.get_one(Account, account_id)
            account.password_hash, account.invited_at, account.guardian.email = (
                password,
                None,
                email,
            )
        session.execute(update(FamilyRequest).values(state=RequestState.ACCEPTED))
        session.execute(update(OutboxMail).values(state=MailState.SENT, settled_at=now))
        session.execute(update(Message).values(withdrawn_at=now))
        session.execute(update(AcceptedValue).values(settled_at=now))
        session.execute(delete(RefusedAddress))
        # Those who never came have no access here any more.
        session.execute(
            update(Account).where(Account.password_hash.is_(None)).values(archived_at=now)
        )
    yield "town hall, day, nothing waits", office.get("town_hall.day")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash=None))
        session.execute(delete(JournalEntry).where(JournalEntry.event == "import"))
    yield "town hall, day, to be set up", office.get("town_hall.day")
    with app.app_context(), db.transaction() as session:
        for account_id, (password, _) in kept.items():
            account = session.get_one(Account, account_id)
            account.password_hash, account.archived_at = password, None
