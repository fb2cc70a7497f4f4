"""A parent's e-mail address: the new one counts once the link sent to it was used.

The address is the key of the account, since temporary passwords go there. So the current password
is asked, the old address is warned at once, and a new password puts an end to what waits.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CursorResult, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import UtcDateTime
from app.models import MAY_SIGN_IN, Account, EmailChange, Family, Guardian, OutboxMail
from app.services import journal
from app.services.accounts import allowances, current_password
from app.services.accounts.addresses import normalized
from app.services.actors import CurrentAccount, Origin, Stranger
from app.services.families import accepted
from app.services.mail import outbox, refused_addresses
from app.services.mail.kinds import MailKind
from app.services.tokens import email_links, temporary_passwords

VALIDITY = timedelta(hours=24)

# These go to an address that nobody proved: whoever mistypes is helped, no stranger is flooded.
MAIL_GAP = timedelta(minutes=2)
MAILS_A_DAY = 6
DAY = timedelta(days=1)

# Whether an address of the account bound as `account_id` waits for its link at the instant bound
# as `now`; to be put in other statements.
WAITS = exists().where(
    EmailChange.account_id == bindparam("account_id"),
    EmailChange.ended_at.is_(None),
    EmailChange.expires_at >= bindparam("now", type_=UtcDateTime),
)

NOT_AN_ADDRESS = "Écrivez une seule adresse, comme prenom.nom@exemple.fr."
ALREADY_YOURS = "C’est déjà votre adresse\u00a0: saisissez-en une autre."
TOO_MANY_MAILS = (
    "Beaucoup de courriels de confirmation sont partis aujourd’hui. "
    "Réessayez demain, ou appelez la mairie."
)


class PendingAddress(NamedTuple):
    """An address that waits for its link."""

    address: str
    expires_at: datetime


class AddressState(NamedTuple):
    """The address that mails go to, empty for nobody's, and the one that is to replace it."""

    current: str
    confirmed: bool
    pending: PendingAddress | None


class LinkState(NamedTuple):
    """What a mail's link is worth."""

    # « ready », « confirmed », « expired », « ended » or « invalid ».
    reason: str
    address: str = ""
    expires_at: datetime | None = None


def problem(account: CurrentAccount, typed: str) -> str | None:
    """Say what to do about a new address; None when a mail may be sent to it."""
    address = normalized(typed)
    if address is None:
        return NOT_AN_ADDRESS
    session = db.session()
    current = _guardian(session, account.account_id).email
    # One that refused our mails is proved anew by the link that gets there.
    if address == current and not refused_addresses.is_refused(session, address):
        return ALREADY_YOURS
    return TOO_MANY_MAILS if _mails_of_today(session, account.identifier) >= MAILS_A_DAY else None


def problem_of_first(typed: str) -> str | None:
    """Say what to do about the address of somebody who has none; None when one may write there."""
    return None if normalized(typed) else NOT_AN_ADDRESS


def begin(session: Session, account_id: int, identifier: str, typed: str) -> None:
    """Send a link to an address without problem, in the caller's transaction."""
    address = normalized(typed)
    assert address is not None
    _send_link(session, identifier, _begin(session, account_id, address))


def ask(account: CurrentAccount, typed: str, password: str) -> str | None:
    """Send a link to an address without problem, and warn the old one; return why not otherwise."""
    refusal = current_password.refusal(account, password, "email_change_refused")
    if refusal:
        return refusal
    address = normalized(typed)
    assert address is not None
    with db.transaction() as session:
        allowances.one_at_a_time(session, account.account_id)
        pending = _pending(session, account.account_id)
        if pending is not None and pending.address == address:
            # A double click, or the form filled once more.
            return _send_link_again(session, account, pending)
        if _mails_of_today(session, account.identifier) >= MAILS_A_DAY:
            return TOO_MANY_MAILS
        end_pending(session, account.account_id)
        change = _begin(session, account.account_id, address)
        _send_link(session, account.identifier, change)
        old = _guardian(session, account.account_id).email
        if old and old != address:
            outbox.enqueue(session, MailKind.EMAIL_CHANGING, account.identifier, address=old)
        journal.record(session, "email_change_asked", account)
    return None


def state(account: CurrentAccount) -> AddressState:
    """Say where this account's mails go, and what waits for a link."""
    session = db.session()
    guardian = _guardian(session, account.account_id)
    change = _pending(session, account.account_id)
    return AddressState(
        current=guardian.email,
        confirmed=guardian.email_confirmed_at is not None,
        pending=PendingAddress(change.address, change.expires_at) if change else None,
    )


def resend(account: CurrentAccount) -> str | None:
    """Send the link again, good for another day; return why not otherwise."""
    with db.transaction() as session:
        allowances.one_at_a_time(session, account.account_id)
        change = _pending(session, account.account_id)
        if change is None:
            return None
        if _mails_of_today(session, account.identifier) >= MAILS_A_DAY:
            return TOO_MANY_MAILS
        refusal = _send_link_again(session, account, change)
        if refusal is None:
            journal.record(session, "email_change_resent", account)
    return refusal


def cancel(account: CurrentAccount) -> None:
    """Forget the address that waits: its link is worth nothing any more."""
    with db.transaction() as session:
        end_pending(session, account.account_id)
        journal.record(session, "email_change_cancelled", account)


def end_pending(session: Session, account_id: int) -> None:
    """Put an end to what waits for a link, in the caller's transaction."""
    session.execute(
        update(EmailChange)
        .where(EmailChange.account_id == account_id, EmailChange.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def open_link(token: str) -> LinkState:
    """Look at a mail's link. Changes nothing: mail scanners follow links too."""
    session = db.session()
    change = _find(session, token)
    if change is None:
        return LinkState("invalid")
    guardian = _guardian(session, change.account_id)
    if change.ended_at is None:
        alive = datetime.now(UTC) <= change.expires_at
        return LinkState("ready" if alive else "expired", change.address, change.expires_at)
    # Both are set together: see `confirm`.
    used = guardian.email_confirmed_at == change.ended_at
    return LinkState("confirmed" if used else "ended", change.address)


def confirm(token: str, origin: Origin) -> None:
    """Make the address the parent's. A link that is worth nothing changes nothing."""
    change = _find(db.session(), token)
    if change is None:
        return
    now = datetime.now(UTC)
    with db.transaction() as session:
        if not _use_up(session, change.id, now):
            return
        account = session.get_one(Account, change.account_id)
        guardian = _guardian(session, account.id)
        old, parent = guardian.email, Stranger(origin)
        refused_addresses.forget(session, change.address)
        if old != change.address:
            accepted.accept(session, guardian, "email", change.address, parent)
        guardian.email_confirmed_at = now
        # They went to the old address.
        temporary_passwords.revoke_all(session, account.id)
        if old and old != change.address:
            outbox.enqueue(session, MailKind.EMAIL_CHANGED, account.identifier, address=old)
        journal.record(session, "email_confirmed", parent, account.id)


def _pending(session: Session, account_id: int) -> EmailChange | None:
    return session.scalars(
        select(EmailChange)
        .where(
            EmailChange.account_id == account_id,
            EmailChange.ended_at.is_(None),
            EmailChange.expires_at >= datetime.now(UTC),
        )
        .order_by(EmailChange.id.desc())
        .limit(1)
    ).one_or_none()


def _guardian(session: Session, account_id: int) -> Guardian:
    return session.scalars(
        select(Guardian)
        .join(Account, Account.guardian_id == Guardian.id)
        .where(Account.id == account_id)
    ).one()


def _begin(session: Session, account_id: int, address: str) -> EmailChange:
    now = datetime.now(UTC)
    change = EmailChange(
        account_id=account_id, address=address, created_at=now, expires_at=now + VALIDITY
    )
    session.add(change)
    session.flush()
    return change


def _send_link(session: Session, identifier: str, change: EmailChange) -> None:
    # Not the link, which is a key: it is made when the mail is written.
    outbox.enqueue(
        session,
        MailKind.EMAIL_CONFIRMATION,
        identifier,
        address=change.address,
        change=str(change.id),
        mark=email_links.mark_of(change),
        expires_at=change.expires_at.isoformat(),
    )


def _send_link_again(session: Session, account: CurrentAccount, change: EmailChange) -> str | None:
    """Send one more mail, unless one has just left; both links work, in whatever order."""
    now = datetime.now(UTC)
    if _mails_since(session, account.identifier, now - MAIL_GAP):
        return None
    if _mails_of_today(session, account.identifier) >= MAILS_A_DAY:
        return TOO_MANY_MAILS
    change.expires_at = now + VALIDITY
    _send_link(session, account.identifier, change)
    return None


def _mails_since(session: Session, identifier: str, moment: datetime) -> int:
    return session.scalars(
        select(func.count(OutboxMail.id)).where(
            OutboxMail.identifier == identifier,
            OutboxMail.kind == MailKind.EMAIL_CONFIRMATION,
            OutboxMail.created_at > moment,
        )
    ).one()


def _mails_of_today(session: Session, identifier: str) -> int:
    return _mails_since(session, identifier, datetime.now(UTC) - DAY)


def _find(session: Session, token: str) -> EmailChange | None:
    """Find what a link stands for, if its account is still somebody's."""
    change_id, mark = email_links.change_of(token)
    change = session.scalars(
        select(EmailChange)
        .join(Account, Account.id == EmailChange.account_id)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .join(Family, Family.id == Guardian.family_id)
        .where(EmailChange.id == change_id, MAY_SIGN_IN)
    ).one_or_none()
    return change if change is not None and email_links.mark_of(change) == mark else None


def _use_up(session: Session, change_id: int, now: datetime) -> bool:
    """End a change; of several simultaneous uses exactly one gets True."""
    result = session.execute(
        update(EmailChange)
        .where(
            EmailChange.id == change_id,
            EmailChange.ended_at.is_(None),
            EmailChange.expires_at >= now,
        )
        .values(ended_at=now)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
