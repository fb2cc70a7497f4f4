"""Signed-in devices: a row each, so that signing out ends one at once, everywhere."""

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import MAY_SIGN_IN, Account, AccountSession, Family, Guardian
from app.services import journal
from app.services.accounts import user_agents
from app.services.actors import NOWHERE, CurrentAccount, Origin
from app.services.tokens import session_keys

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# Reading a page writes nothing; « last seen » may be this late.
TOUCH_AFTER = timedelta(minutes=5)
USER_AGENT_LENGTH = 300
MOST_DEVICES = 50


@dataclass(frozen=True, slots=True)
class Device:
    """A device where an account is signed in."""

    # Says nothing by itself, and is looked for among the account's own sessions only.
    public_id: str
    description: str
    since: datetime
    last_seen_at: datetime
    is_current: bool
    is_handheld: bool


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
        MAY_SIGN_IN,
    )
)


_SEEN = (
    update(AccountSession)
    .where(
        AccountSession.id.in_(
            select(AccountSession.id)
            .where(AccountSession.id == bindparam("session_id"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(last_seen_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_RECENT = (
    select(
        AccountSession.id,
        AccountSession.key_hash,
        AccountSession.user_agent,
        AccountSession.created_at,
        AccountSession.last_seen_at,
        AccountSession.ended_at,
    )
    .where(
        AccountSession.account_id == bindparam("account_id"),
        AccountSession.created_at > bindparam("created_after"),
    )
    .order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc())
)
_ALIVE = _RECENT.where(
    AccountSession.ended_at.is_(None), AccountSession.last_seen_at > bindparam("seen_after")
).limit(MOST_DEVICES)


def open_session(session: Session, account_id: int, origin: Origin) -> str:
    """Open a session in the caller's transaction; return the key for the cookie."""
    key = session_keys.new()
    now = datetime.now(UTC)
    session.add(
        AccountSession(
            account_id=account_id,
            key_hash=session_keys.hash_of(key),
            user_agent=origin.user_agent[:USER_AGENT_LENGTH],
            created_at=now,
            last_seen_at=now,
        )
    )
    return key


def find(key: str, origin: Origin = NOWHERE, *, seen: bool = True) -> CurrentAccount | None:
    """Return who a cookie's key stands for, if the session is alive, and where they are.

    They are seen there, unless they only ask what a page would be.
    """
    now = datetime.now(UTC)
    found = db.rows(
        _CURRENT,
        key_hash=session_keys.hash_of(key),
        seen_after=now - IDLE,
        created_after=now - LONGEST,
    )
    if not found:
        return None
    current = CurrentAccount(*found[0], origin)
    if seen and now - current.last_seen_at > TOUCH_AFTER:
        _touch(current.session_id, now)
    return current


def sign_out(current: CurrentAccount) -> None:
    """End this session; a copy of its cookie is worth nothing from now on."""
    with db.transaction() as session:
        _end(session, AccountSession.id == current.session_id)
        journal.record(session, "signed_out", current)


def devices(account: CurrentAccount) -> list[Device]:
    """List the devices where this account is signed in: this one first, then the latest seen."""
    now = datetime.now(UTC)
    found = db.rows(
        _ALIVE, account_id=account.account_id, seen_after=now - IDLE, created_after=now - LONGEST
    )
    listed = [
        Device(
            public_id=_public_id(row.key_hash),
            description=user_agents.describe(row.user_agent),
            since=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.id == account.session_id,
            is_handheld=user_agents.is_handheld(row.user_agent),
        )
        for row in found
    ]
    return _told_apart(sorted(listed, key=lambda device: not device.is_current))


def end_device(account: CurrentAccount, public_id: str) -> bool:
    """Sign this account out on one of its devices; False when none is called so."""
    recent = db.rows(
        _RECENT, account_id=account.account_id, created_after=datetime.now(UTC) - LONGEST
    )
    row = next((row for row in recent if _public_id(row.key_hash) == public_id), None)
    if row is not None and row.ended_at is None:
        with db.transaction() as session:
            _end(session, AccountSession.id == row.id)
            journal.record(session, "device_signed_out", account)
    return row is not None


def end_other_devices(account: CurrentAccount) -> None:
    """Sign this account out everywhere but here."""
    with db.transaction() as session:
        _end(
            session,
            AccountSession.account_id == account.account_id,
            AccountSession.id != account.session_id,
        )
        journal.record(session, "other_devices_signed_out", account)


def end_all(session: Session, account_id: int) -> None:
    """End every session of an account, in the caller's transaction."""
    _end(session, AccountSession.account_id == account_id)


def _told_apart(listed: list[Device]) -> list[Device]:
    """Number the devices that would read alike."""
    alike: Counter[str] = Counter()
    told = []
    for device in listed:
        alike[device.description] += 1
        number = alike[device.description]
        words = f"{device.description} (n°\u00a0{number})" if number > 1 else device.description
        told.append(replace(device, description=words))
    return told


def _end(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(AccountSession)
        .where(*which, AccountSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def _touch(session_id: int, now: datetime) -> None:
    """Note that a device is in use, at its next page if something else is being written now.

    Reading waits for nobody: neither for an import, nor for a full disk.
    """
    with suppress(db.Unavailable), db.transaction(patience_ms=0) as session:
        session.execute(_SEEN, {"session_id": session_id, "now": now})


def _public_id(key_hash: str) -> str:
    """Name a session in an address, by what leads back to nothing."""
    return hashlib.sha256(f"device {key_hash}".encode()).hexdigest()[:16]
