"""Getting in: asking for a temporary password, and signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import MAY_SIGN_IN, Account, Family, Guardian, OutboxMail, TemporaryPassword
from app.services import journal
from app.services.accounts import devices, password_choice, passwords, sessions, throttles
from app.services.actors import Origin, Stranger
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.tokens import temporary_passwords

# No row has this id: an unknown identifiant costs the same look-ups as a known one.
NOBODY = 0
CREDENTIALS_SUBJECT = "Envoi de vos identifiants de connexion"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The password is right; the key is for the cookie, the mark for the device."""

    session_key: str
    device_mark: str


@dataclass(frozen=True, slots=True)
class MustChoose:
    """The temporary password is right: the ticket opens the page that chooses a password."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The temporary password was right, but its 24 hours are over."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many failures: nothing was checked."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Refused:
    """Not a pair of identifiant and password; nothing more is told."""


Outcome = SignedIn | MustChoose | Expired | Wait | Refused


def request_credentials(identifier: str, origin: Origin) -> int | None:
    """Put a mail with a temporary password in the queue, whether or not the account exists.

    Nothing is looked up here: the delivery finds out, so neither the answer nor the clock tells.
    Returns the number of the request, for `repeat_request`; None when the address floods.
    """
    flood_key = throttles.address_key("reset", origin.address)
    with db.transaction() as session:
        journal.record(session, "credentials_requested", Stranger(origin), identifier=identifier)
        if not throttles.count_in_window(session, flood_key, throttles.ADDRESS_REQUESTS):
            return None
        return outbox.enqueue(session, MailKind.CREDENTIALS, identifier).id


def repeat_request(number: int | None, origin: Origin) -> int | None:
    """Ask once more for the mail of an earlier request; None when it is not known any more."""
    mail = db.session().get(OutboxMail, number) if number else None
    return request_credentials(mail.identifier, origin) if mail else None


def identifier_of(account_id: int) -> str | None:
    """Return the identifiant of an account."""
    account = db.session().get(Account, account_id)
    return account.identifier if account else None


def sign_in(identifier: str, clear: str, origin: Origin, device: str = "") -> Outcome:
    """Check an identifiant and a password, permanent or temporary.

    `device` is the mark that the browser kept from an earlier sign-in, if any.
    """
    account = _find_active(identifier)
    account_id = account.id if account else NOBODY
    temporary = temporary_passwords.find_by_secret(db.session(), account_id, clear)
    if temporary is not None:
        return _accept_temporary(temporary, origin)
    attempt = _Attempt(identifier, account, origin, devices.recognize(device, account_id))
    delay = throttles.wait(attempt.throttle_keys)
    if delay:
        _note_throttled(attempt)
        return Wait(delay)
    verified = passwords.verify(account.password_hash if account else None, clear)
    signed_in = _accept(account, clear, attempt) if account and verified else None
    if signed_in is None:
        _note_failure(attempt)
        return Refused()
    return signed_in


@dataclass(frozen=True, slots=True)
class _Attempt:
    identifier: str
    account: Account | None
    origin: Origin
    device: str | None

    @property
    def throttle_key(self) -> str:
        return throttles.sign_in_key(self.identifier, self.device)

    @property
    def address_key(self) -> str:
        return throttles.address_key("sign-in", self.origin.address)

    @property
    def throttle_keys(self) -> list[str]:
        """Name what this attempt may have to wait for; a known device waits for itself alone."""
        return [self.throttle_key] if self.device else [self.throttle_key, self.address_key]

    def record(self, session: Session, event: str) -> None:
        account_id = self.account.id if self.account else None
        who = Stranger(self.origin)
        journal.record(session, event, who, account_id, identifier=self.identifier)


def _find_active(identifier: str) -> Account | None:
    return (
        db.session()
        .scalars(
            select(Account)
            .join(Guardian, Guardian.id == Account.guardian_id)
            .join(Family, Family.id == Guardian.family_id)
            .where(Account.identifier == identifier, MAY_SIGN_IN)
        )
        .one_or_none()
    )


def _accept_temporary(row: TemporaryPassword, origin: Origin) -> MustChoose | Expired:
    usable = temporary_passwords.usable(row)
    event = "temporary_password_accepted" if usable else "temporary_password_expired"
    row_id, account_id, expires_at = row.id, row.account_id, row.expires_at
    with db.transaction() as session:
        journal.record(session, event, Stranger(origin), account_id)
    return MustChoose(password_choice.ticket_for(row_id)) if usable else Expired(expires_at)


def _accept(account: Account, clear: str, attempt: _Attempt) -> SignedIn | None:
    """Open a session; whoever knows the password needs no temporary one any more.

    None when another password was saved while this one was checked: it ended every session, and
    must neither be undone nor be followed by one more.
    """
    checked = account.password_hash
    stale = checked is not None and passwords.needs_rehash(checked)
    rehashed = passwords.hash_password(clear) if stale else checked
    with db.transaction() as session:
        known = session.get_one(Account, account.id, populate_existing=True, with_for_update=True)
        if known.password_hash != checked:
            return None
        known.password_hash = rehashed
        throttles.clear(session, attempt.throttle_key)
        temporary_passwords.revoke_all(session, known.id)
        key = sessions.open_session(session, known.id, attempt.origin)
        attempt.record(session, "signed_in")
    return SignedIn(key, devices.mark(account.id))


def _note_failure(attempt: _Attempt) -> None:
    with db.transaction() as session:
        throttles.count_failure(session, attempt.throttle_key)
        throttles.count_in_window(session, attempt.address_key, throttles.ADDRESS_FAILURES)
        attempt.record(session, "sign_in_failed")


def _note_throttled(attempt: _Attempt) -> None:
    with db.transaction() as session:
        attempt.record(session, "sign_in_throttled")
