"""Signed-in devices: a row each, so that signing out ends one at once, everywhere."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import Account, AccountSession, Family, Guardian
from app.services import journal
from app.services.journal import Origin

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# Reading a page writes nothing; « last seen » may be this late.
TOUCH_AFTER = timedelta(minutes=5)
KEY_BYTES = 32
USER_AGENT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class CurrentAccount:
    """Who is signed in, on which device."""

    session_id: int
    account_id: int
    guardian_id: int
    family_id: int
    identifier: str
    first_name: str
    last_name: str
    last_seen_at: datetime

    @property
    def display_name(self) -> str:
        """Write the name as the guides greet: PAYS ZEST."""
        return f"{self.first_name} {self.last_name}"


_CURRENT = (
    select(
        AccountSession.id.label("session_id"),
        Account.id.label("account_id"),
        Guardian.id.label("guardian_id"),
        Guardian.family_id,
        Account.identifier,
        Guardian.first_name,
        Guardian.last_name,
        AccountSession.last_seen_at,
    )
    .join(Account, Account.id == AccountSession.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(
        AccountSession.key_hash == bindparam("key_hash"),
        AccountSession.ended_at.is_(None),
        AccountSession.last_seen_at > bindparam("seen_after"),
        AccountSession.created_at > bindparam("created_after"),
        Account.archived_at.is_(None),
        Family.archived_at.is_(None),
    )
)


def open_session(session: Session, account_id: int, origin: Origin) -> str:
    """Open a session in the caller's transaction; return the key for the cookie."""
    key = secrets.token_urlsafe(KEY_BYTES)
    now = datetime.now(UTC)
    session.add(
        AccountSession(
            account_id=account_id,
            key_hash=_hash(key),
            user_agent=origin.user_agent[:USER_AGENT_LENGTH],
            created_at=now,
            last_seen_at=now,
        )
    )
    return key


def find(key: str) -> CurrentAccount | None:
    """Return who a cookie's key stands for, if the session is alive."""
    now = datetime.now(UTC)
    found = db.rows(
        _CURRENT, key_hash=_hash(key), seen_after=now - IDLE, created_after=now - LONGEST
    )
    if not found:
        return None
    current = CurrentAccount(*found[0])
    if now - current.last_seen_at > TOUCH_AFTER:
        _touch(current.session_id, now)
    return current


def sign_out(current: CurrentAccount, origin: Origin) -> None:
    """End this session; a copy of its cookie is worth nothing from now on."""
    with db.transaction() as session:
        session.execute(
            update(AccountSession)
            .where(AccountSession.id == current.session_id)
            .values(ended_at=datetime.now(UTC))
        )
        journal.record(session, "signed_out", origin, current.account_id)


def end_all(session: Session, account_id: int) -> None:
    """End every session of an account, in the caller's transaction."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def _touch(session_id: int, now: datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(AccountSession).where(AccountSession.id == session_id).values(last_seen_at=now)
        )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
