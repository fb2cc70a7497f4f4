"""Mails that tell parents of something new in the portal: a link, never what it says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.formats import today
from app.models import (
    MAY_SIGN_IN,
    Account,
    Family,
    Guardian,
    Invoice,
    InvoiceKind,
    MailState,
    Message,
    MessageSending,
    OutboxMail,
)
from app.services.mail import outbox
from app.services.mail.kinds import MailKind

# What is older was not news for anybody: a first import writes to nobody.
NEWS = timedelta(days=7)
# What is found a moment later is told by the same mail.
GATHERED = timedelta(minutes=2)


class Newest(NamedTuple):
    """The last message and the last invoice before something was added."""

    message: int
    invoice: int


def newest(session: Session) -> Newest:
    """Note where new messages and invoices will begin."""
    message = session.scalar(select(func.max(Message.id))) or 0
    return Newest(message, session.scalar(select(func.max(Invoice.id))) or 0)


def tell_of_new(
    session: Session, before: Newest, now: datetime, wait: timedelta = timedelta()
) -> dict[MailKind, int]:
    """Queue one mail of each kind at most for an account; return how many of each.

    All of them are queued at the moment `now`: they are known by it.
    """
    since = today() - NEWS
    # Those written on screen tell of themselves, at their hour.
    on_screen = select(MessageSending.message_id)
    messages = and_(
        Message.id > before.message, Message.sent_on >= since, Message.id.not_in(on_screen)
    )
    invoices = and_(
        Invoice.id > before.invoice,
        Invoice.issued_on >= since,
        Invoice.kind == InvoiceKind.INVOICE,
    )
    for_everybody = select(1).where(messages, Message.family_id.is_(None)).exists()
    told = or_(for_everybody, _concerned(Message.family_id, messages))
    return {
        MailKind.NEW_MESSAGE: _queue(
            session, MailKind.NEW_MESSAGE, Account.mail_messages, told, now, wait
        ),
        MailKind.NEW_INVOICE: _queue(
            session,
            MailKind.NEW_INVOICE,
            Account.mail_invoices,
            _concerned(Invoice.family_id, invoices),
            now,
            wait,
        ),
    }


def warn_of_replaced(
    session: Session, replaced: Mapping[int, str], now: datetime, wait: timedelta
) -> int:
    """Queue a mail to the addresses that some guardians had proved, and have no more.

    They too are known by the moment `now`.
    """
    mails = 0
    for guardian, address in replaced.items():
        whose = select(Account.identifier).where(
            Account.guardian_id == guardian, Account.archived_at.is_(None)
        )
        for identifier in session.scalars(whose):
            mail = outbox.enqueue(
                session, MailKind.EMAIL_CHANGED, identifier, address=address, corrected="oui"
            )
            mail.created_at, mail.due_at = now, now + wait
            mails += 1
    return mails


def tell_of_answer(session: Session, family_id: int) -> None:
    """Queue a mail for the guardians of a family that the town hall has answered."""
    tell_of_message(session, Guardian.family_id == family_id)


def tell_of_message(session: Session, told: ColumnElement[bool]) -> int:
    """Queue a mail for those of some guardians who want to know of a message; count them."""
    now = datetime.now(UTC)
    return _queue(session, MailKind.NEW_MESSAGE, Account.mail_messages, told, now)


def tell_of_place(session: Session, family_id: int) -> None:
    """Queue a mail for the guardians of a family for whom a place came free."""
    _queue_once(session, MailKind.PLACE_FOUND, family_id)


def tell_of_presence(session: Session, family_id: int, day: str) -> None:
    """Queue a mail for the guardians of a family, a child of which came unbooked."""
    for identifier in session.scalars(
        _wanting(Account.mail_requests).where(Guardian.family_id == family_id)
    ):
        outbox.enqueue(session, MailKind.UNBOOKED_PRESENCE, identifier, day=day)


def tell_of_offer(session: Session, family_id: int) -> None:
    """Queue a mail for the guardians of a family for whom a place is kept until they answer."""
    _queue_once(session, MailKind.PLACE_OFFERED, family_id)


def tell_of_opening(session: Session, account_id: int, service: str) -> None:
    """Queue a mail for whoever asked to know when the bookings of a service open."""
    for identifier in session.scalars(_wanting(true()).where(Account.id == account_id)):
        outbox.enqueue(session, MailKind.BOOKING_OPENS, identifier, service=service)


def tell_of_weeks(session: Session, family_id: int) -> None:
    """Queue a mail for the guardians of one home of a child, of which weeks each home has it."""
    family = Guardian.family_id == family_id
    now = datetime.now(UTC)
    _queue(session, MailKind.CUSTODY_WEEKS, Account.mail_requests, family, now)


def tell_of_bookings(session: Session, account_id: int, **context: str) -> None:
    """Queue a mail for whoever saved bookings, if they want such mails."""
    wanting = _wanting(Account.mail_requests).where(Account.id == account_id)
    for identifier in session.scalars(wanting):
        outbox.enqueue(session, MailKind.BOOKINGS_SAVED, identifier, **context)


def tell_family_of_bookings(session: Session, family_id: int, **context: str) -> None:
    """Queue a mail for the guardians of a family, for whom the town hall saved bookings."""
    family = Guardian.family_id == family_id
    for identifier in session.scalars(_wanting(Account.mail_requests).where(family)):
        outbox.enqueue(session, MailKind.BOOKINGS_SAVED, identifier, by_town="oui", **context)


def remind_of_week(session: Session, identifier: str, **context: str) -> None:
    """Queue a mail for a parent who has not spoken of a week that is soon too late to book."""
    outbox.enqueue(session, MailKind.BOOKING_REMINDER, identifier, **context)


def who_wants_reminders() -> Select[int, str, int]:
    """Select them: account, identifiant, family."""
    return _wanting(Account.mail_reminders).with_only_columns(
        Account.id, Account.identifier, Guardian.family_id
    )


def _queue(
    session: Session,
    kind: MailKind,
    wish: InstrumentedAttribute[bool],
    told: ColumnElement[bool],
    now: datetime,
    wait: timedelta = timedelta(),
) -> int:
    return outbox.enqueue_selected(session, kind, _wanting(wish).where(told), now, wait)


def _queue_once(session: Session, kind: MailKind, family_id: int) -> None:
    """Queue it, but where one that leads to the same page has not left yet.

    One act may find places in several steps: a service after another, a group day by day.
    """
    waits = exists().where(
        OutboxMail.identifier == Account.identifier,
        OutboxMail.kind == kind,
        OutboxMail.state == MailState.QUEUED,
    )
    told = and_(Guardian.family_id == family_id, ~waits)
    _queue(session, kind, Account.mail_requests, told, datetime.now(UTC), GATHERED)


def _wanting(wish: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Select[str]:
    """Select those who want these mails and can read what they lead to."""
    return (
        select(Account.identifier)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .join(Family, Family.id == Guardian.family_id)
        .where(
            wish,
            Guardian.email != "",
            Account.password_hash.is_not(None),
            MAY_SIGN_IN,
        )
    )


def _concerned(
    family: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    new: ColumnElement[bool],
) -> ColumnElement[bool]:
    return Guardian.family_id.in_(select(family).where(new))
