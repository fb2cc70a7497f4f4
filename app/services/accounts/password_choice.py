"""Choosing a password: with a ticket after a temporary password, or with the current one.

A ticket is not a session: it opens one page, for half an hour, and only while its temporary
password is unused.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app import db
from app.models import MAY_SIGN_IN, Account, Child, Family, FamilyChild, Guardian, TemporaryPassword
from app.services import journal
from app.services.accounts import (
    current_password,
    devices,
    email_changes,
    passwords,
    sessions,
    throttles,
)
from app.services.actors import CurrentAccount, Origin, Stranger
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.tokens import temporary_passwords
from app.services.tokens.signing import signing_keys

TICKET_VALIDITY = timedelta(minutes=30)
TICKET_SALT = "choose-password-ticket"
SAME_AS_CURRENT = "Choisissez un mot de passe différent de l’actuel."


class LinkState(NamedTuple):
    """What a mail's link is worth: a ticket, or the reason why not."""

    ticket: str | None = None
    # « expired », « used » or « invalid ».
    reason: str = ""
    identifier: str = ""
    expired_at: datetime | None = None


class PendingChoice(NamedTuple):
    """An account that may choose its password now."""

    temporary_password_id: int
    account_id: int
    identifier: str
    # Nobody could write to them: they are asked where.
    has_address: bool


def ticket_for(row: TemporaryPassword) -> str:
    """Sign a ticket for the page that chooses a password."""
    return _serializer().dumps(temporary_passwords.reference(row))


def open_link(token: str) -> LinkState:
    """Look at a mail's link. Changes nothing: mail scanners follow links too."""
    session = db.session()
    row = temporary_passwords.find_by_link(session, token)
    account = _active_account(session, row.account_id) if row else None
    if row is None or account is None:
        return LinkState(reason="invalid")
    if temporary_passwords.usable(row):
        return LinkState(ticket=ticket_for(row), identifier=account.identifier)
    if row.used_at is not None:
        return LinkState(reason="used", identifier=account.identifier)
    return LinkState(reason="expired", identifier=account.identifier, expired_at=row.expires_at)


def open_ticket(ticket: str) -> PendingChoice | None:
    """Return whose password a ticket lets choose; None once it is over or used."""
    try:
        reference = _serializer().loads(ticket, max_age=int(TICKET_VALIDITY.total_seconds()))
    except BadSignature:
        return None
    session = db.session()
    row = temporary_passwords.referred_to(session, reference)
    if row is None or not temporary_passwords.usable(row):
        return None
    account = _active_account(session, row.account_id)
    if account is None:
        return None
    has_address = bool(account.guardian.email)
    return PendingChoice(row.id, account.id, account.identifier, has_address)


def problems(account_id: int, clear: str) -> list[str]:
    """Say what to do about the password this account would choose; empty when it is good.

    Nothing is said of the current one, which whoever asks may not know.
    """
    session = db.session()
    if temporary_passwords.find_by_secret(session, account_id, clear):
        return [passwords.SAME_AS_TEMPORARY]
    return passwords.problems(clear, _personal_words(session, account_id))


def choose(pending: PendingChoice, clear: str, origin: Origin, address: str = "") -> str | None:
    """Save the chosen password and use the temporary one up; None if another use came first.

    Whoever had the mail is whose account it is: no failure makes them wait any more, and the mark
    that is returned is for their device, which will not wait for others' either. Where nobody could
    write to them, a link goes to the address that they gave.
    """
    password_hash = passwords.hash_password(clear)
    with db.transaction() as session:
        if not temporary_passwords.consume(session, pending.temporary_password_id):
            return None
        since = _save(session, pending.account_id, password_hash)
        if address:
            email_changes.begin(session, pending.account_id, pending.identifier, address)
        throttles.clear_sign_in(session, pending.identifier)
        throttles.succeed(session, throttles.of_current_password(pending.account_id))
        journal.record(session, "password_chosen", Stranger(origin), pending.account_id)
    return devices.mark(pending.account_id, since)


def change(current: CurrentAccount, old: str, clear: str) -> str:
    """Save the new password of somebody who gives the current one; return a mark for their device.

    Raises Refusal: UNFIT when it is the current one that is wrong, SAME when the new one is.
    """
    checked = db.session().get_one(Account, current.account_id).password_hash
    refusal = current_password.refusal(current, old, "password_change_refused")
    if refusal:
        raise Refusal(Reason.UNFIT, refusal)
    if passwords.verify(checked, clear):
        raise Refusal(Reason.SAME, SAME_AS_CURRENT)
    password_hash = passwords.hash_password(clear)
    with db.transaction() as session:
        if _locked(session, current.account_id).password_hash != checked:
            # Saved on another device in between: that one ended this session.
            raise Refusal(Reason.UNFIT, current_password.WRONG_CURRENT)
        since = _save(session, current.account_id, password_hash)
        journal.record(session, "password_changed", current)
    return devices.mark(current.account_id, since)


def _save(session: Session, account_id: int, password_hash: str) -> datetime:
    account = session.get_one(Account, account_id)
    account.password_hash = password_hash
    account.password_changed_at = since = datetime.now(UTC)
    temporary_passwords.revoke_all(session, account_id)
    sessions.end_all(session, account_id)
    # Whoever asked for another address may be why the password is new.
    email_changes.end_pending(session, account_id)
    if account.guardian.email:
        outbox.enqueue(session, MailKind.PASSWORD_CHANGED, account.identifier)
    return since


def _locked(session: Session, account_id: int) -> Account:
    return session.get_one(Account, account_id, populate_existing=True, with_for_update=True)


def _active_account(session: Session, account_id: int) -> Account | None:
    return session.scalars(
        select(Account)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .join(Family, Family.id == Guardian.family_id)
        .where(Account.id == account_id, MAY_SIGN_IN)
    ).one_or_none()


def _personal_words(session: Session, account_id: int) -> list[str]:
    """Gather the identifiant, and the names of the family's guardians and children."""
    own = aliased(Guardian)
    family = (
        select(own.family_id)
        .join(Account, Account.guardian_id == own.id)
        .where(Account.id == account_id)
        .scalar_subquery()
    )
    guardians = select(Guardian.first_name, Guardian.last_name).where(Guardian.family_id == family)
    children = (
        select(Child.first_name, Child.last_name)
        .join(FamilyChild, FamilyChild.child_id == Child.id)
        .where(FamilyChild.family_id == family)
    )
    names = [*session.execute(guardians), *session.execute(children)]
    identifier = session.get_one(Account, account_id).identifier
    return [identifier, *(name for row in names for name in row)]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=TICKET_SALT)
