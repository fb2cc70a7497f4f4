"""Getting in: asking for a temporary password, and signing in."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.gates import Crowded, Gate
from app.models import MAY_SIGN_IN, Account, Family, Guardian, OutboxMail, TemporaryPassword
from app.services import journal
from app.services.accounts import (
    devices,
    password_choice,
    password_costs,
    passwords,
    sessions,
    throttles,
)
from app.services.accounts.throttles import Obstacle, Tries, Wait
from app.services.actors import Origin, Stranger
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.tokens import temporary_passwords

# No row has this id: an unknown identifiant costs the same look-ups as a known one.
NOBODY = 0
A_MOMENT = timedelta(seconds=5)
_flooded = Gate()
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
    """The temporary password was right, but its time is over."""

    at: datetime
    by_letter: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not a pair of identifiant and password; nothing more is told."""


Outcome = SignedIn | MustChoose | Expired | Obstacle | Refused

_ACTIVE = (
    select(Account.id, Account.password_hash, Account.password_changed_at)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(Account.identifier == bindparam("identifier"), MAY_SIGN_IN)
)


def request_credentials(identifier: str, origin: Origin) -> int | None:
    """Put a mail with a temporary password in the queue, whether or not the account exists.

    Nothing is looked up here: the delivery finds out, so neither the answer nor the clock tells.
    Returns the number of the request, for `identifier_asked`; None when the address floods, so that
    nobody is told that a mail left.
    """
    flood_key = throttles.address_key("reset", origin.address)
    with db.transaction() as session:
        if not throttles.count_in_window(session, flood_key, throttles.ADDRESS_REQUESTS):
            journal.record_once_more(session, "credentials_flooded", Stranger(origin))
            return None
        journal.record(session, "credentials_requested", Stranger(origin), identifier=identifier)
        return outbox.enqueue(session, MailKind.CREDENTIALS, identifier).id


def identifier_asked(number: int | None) -> str | None:
    """Return the identifiant of an earlier request, known or not to the portal."""
    mail = db.session().get(OutboxMail, number) if number else None
    return mail.identifier if mail else None


def identifier_of(account_id: int) -> str | None:
    """Return the identifiant of an account."""
    account = db.session().get(Account, account_id)
    return account.identifier if account else None


def sign_in(identifier: str, clear: str, origin: Origin, device: str = "") -> Outcome:
    """Check an identifiant and a password, permanent or temporary.

    `device` is the mark that the browser kept from an earlier sign-in, if any. Whether somebody has
    this identifiant changes nothing to what is asked of the database, nor to what is hashed.
    """
    account = _find_active(identifier)
    temporary = temporary_passwords.find_by_secret(db.session(), account.id, clear)
    if temporary is not None and not temporary.by_letter:
        return _accept_temporary(temporary, origin)
    known_as = devices.recognize(device, account.id, account.password_changed_at)
    attempt = _Attempt(identifier, account, origin, known_as)
    obstacle = throttles.obstacle(db.session(), attempt.tries)
    # A code is short: whoever guesses waits, as for a password.
    if temporary is not None and obstacle is None:
        return _accept_temporary(temporary, origin)
    try:
        if obstacle is None and _is_right(clear, attempt):
            return _accept(clear, attempt)
    except Crowded:
        obstacle = Wait(A_MOMENT)
    return _refuse(attempt, obstacle)


class _Account(NamedTuple):
    """Whoever may sign in with an identifiant; or nobody, who has no password."""

    id: int = NOBODY
    password_hash: str | None = None
    password_changed_at: datetime | None = None


class _Attempt(NamedTuple):
    identifier: str
    account: _Account
    origin: Origin
    device: str | None

    @property
    def tries(self) -> Tries:
        return throttles.of_identifier(self.identifier, self.origin.address, self.device)

    def record(self, session: Session, event: str) -> None:
        who = Stranger(self.origin)
        about = self.account.id or None
        journal.record(session, event, who, about, identifier=self.identifier)

    def record_once_more(self, session: Session, event: str) -> None:
        about = self.account.id or None
        journal.record_once_more(session, event, Stranger(self.origin), about, self.identifier)


def _find_active(identifier: str) -> _Account:
    found = db.session().execute(_ACTIVE, {"identifier": identifier}).one_or_none()
    return _Account(*found) if found else _Account()


def _is_right(clear: str, attempt: _Attempt) -> bool:
    """Check a password; where a network floods, one at a time, so that others keep the processor.

    Raises Crowded when several are being checked for such networks.
    """
    floods = throttles.floods(db.session(), attempt.tries)
    with _flooded.passing() if floods else nullcontext():
        return passwords.verify(attempt.account.password_hash, clear, password_costs.in_use())


def _accept_temporary(row: TemporaryPassword, origin: Origin) -> MustChoose | Expired:
    usable = temporary_passwords.usable(row)
    event = "temporary_password_accepted" if usable else "temporary_password_expired"
    ticket, account_id = password_choice.ticket_for(row), row.account_id
    expired = Expired(row.expires_at, row.by_letter)
    with db.transaction() as session:
        journal.record(session, event, Stranger(origin), account_id)
    return MustChoose(ticket) if usable else expired


def _accept(clear: str, attempt: _Attempt) -> SignedIn | Obstacle | Refused:
    """Open a session; whoever knows the password needs no temporary one any more.

    Refused when another password was saved while this one was checked: it ended every session, and
    must neither be undone nor be followed by one more.
    """
    account = attempt.account
    checked = account.password_hash
    stale = checked is not None and passwords.needs_rehash(checked)
    rehashed = passwords.hash_password(clear) if stale else checked
    with db.transaction() as session:
        known = session.get_one(Account, account.id, populate_existing=True, with_for_update=True)
        obstacle = throttles.obstacle(session, attempt.tries)
        if known.password_hash == checked and obstacle is None:
            known.password_hash = rehashed
            throttles.succeed(session, attempt.tries)
            temporary_passwords.revoke_all(session, known.id)
            key = sessions.open_session(session, known.id, attempt.origin)
            attempt.record(session, "signed_in")
            mark = devices.mark(known.id, known.password_changed_at, attempt.device)
            return SignedIn(key, mark)
    return _refuse(attempt, obstacle)


def _refuse(attempt: _Attempt, obstacle: Obstacle | None) -> Obstacle | Refused:
    """Count a failure, unless nothing was checked; one of many at a moment may have to wait too."""
    with db.transaction() as session:
        if obstacle is None:
            obstacle = throttles.fail(session, attempt.tries)
            attempt.record(session, "sign_in_failed")
        else:
            throttles.one_at_a_time(session, attempt.identifier)
            attempt.record_once_more(session, "sign_in_throttled")
    return obstacle or Refused()
