"""Browsers where a clerk is signed in: a row each, beside and apart from those of parents."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import (
    ClerkAccount,
    ClerkService,
    ClerkSession,
    FamilyRequest,
    Message,
    MessageReply,
    Service,
)
from app.models.requests import WAIT_FOR_TOWN
from app.services import journal
from app.services.accounts import user_agents
from app.services.actors import NOWHERE, CurrentClerk, Origin, Waiting
from app.services.clerks import rights
from app.services.tokens import session_keys

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=10)
# Reading a page writes nothing; « last seen » may be this late.
TOUCH_AFTER = timedelta(minutes=5)
# What is dangerous wants the password once more, unless it was given just now.
PROOF_LASTS = timedelta(minutes=10)
USER_AGENT_LENGTH = 300
# The menu counts no further.
MOST_WAITING = 99


class SignedInBrowser(NamedTuple):
    """A browser where a clerk is signed in."""

    description: str
    since: datetime
    last_seen_at: datetime
    is_current: bool


def _count(found: Select[int]) -> ColumnElement[int]:
    """Count rows, no further than one past the most, inside another statement."""
    few = found.limit(MOST_WAITING + 1).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


# Not a list, whose statement would be made anew each time.
_WAITS = or_(*(FamilyRequest.state == state for state in WAIT_FOR_TOWN))
_THREADS = (
    select(MessageReply.id)
    .join(Message, Message.id == MessageReply.message_id)
    .where(MessageReply.waits_since.is_not(None), Message.withdrawn_at.is_(None))
    # The order of an index, which has nothing to read of those that do not wait.
    .order_by(MessageReply.waits_since)
)
_SERVED = (
    select(func.aggregate_strings(Service.slug, ","))
    .join(ClerkService, ClerkService.service_id == Service.id)
    .where(ClerkService.clerk_id == ClerkAccount.id)
    .correlate(ClerkAccount)
    .scalar_subquery()
)
# Every page's menu counts what waits: asked with who is there, it is no statement more.
_CURRENT = (
    select(
        ClerkSession.id.label("session_id"),
        ClerkAccount.id.label("clerk_id"),
        ClerkAccount.public_id,
        ClerkAccount.email,
        ClerkAccount.name,
        ClerkAccount.roles,
        ClerkSession.last_seen_at,
        ClerkSession.proved_at,
        ClerkAccount.shortcuts,
        _count(select(FamilyRequest.id).where(_WAITS)).label("requests"),
        _count(_THREADS).label("threads"),
        _SERVED.label("served"),
    )
    .join(ClerkAccount, ClerkAccount.id == ClerkSession.clerk_id)
    .where(
        ClerkSession.key_hash == bindparam("key_hash"),
        ClerkSession.ended_at.is_(None),
        ClerkSession.last_seen_at > bindparam("seen_after"),
        ClerkSession.created_at > bindparam("created_after"),
        ClerkAccount.closed_at.is_(None),
    )
)
_ONCE = select(ClerkSession.clerk_id).where(ClerkSession.key_hash == bindparam("key_hash"))
_ALIVE = (
    select(
        ClerkSession.id,
        ClerkSession.user_agent,
        ClerkSession.created_at,
        ClerkSession.last_seen_at,
    )
    .where(
        ClerkSession.clerk_id == bindparam("clerk_id"),
        ClerkSession.ended_at.is_(None),
        ClerkSession.last_seen_at > bindparam("seen_after"),
        ClerkSession.created_at > bindparam("created_after"),
    )
    .order_by(ClerkSession.last_seen_at.desc(), ClerkSession.id.desc())
)


def open_session(session: Session, clerk: ClerkAccount, origin: Origin) -> str:
    """Open a session in the caller's transaction; return the key for the cookie."""
    key, now = session_keys.new(), datetime.now(UTC)
    clerk.last_seen_at = now
    session.add(
        ClerkSession(
            clerk_id=clerk.id,
            key_hash=session_keys.hash_of(key),
            user_agent=origin.user_agent[:USER_AGENT_LENGTH],
            created_at=now,
            last_seen_at=now,
            proved_at=now,
        )
    )
    return key


def find(key: str, origin: Origin = NOWHERE, *, seen: bool = True) -> CurrentClerk | None:
    """Return who a cookie's key stands for, if the session is alive, and where they are.

    They are seen there, unless they only ask what a page would be.
    """
    now = datetime.now(UTC)
    found = db.rows(_CURRENT, key_hash=session_keys.hash_of(key), **_alive_at(now))
    if not found:
        return None
    row = found[0]
    roles = tuple(row.roles)
    current = CurrentClerk(
        session_id=row.session_id,
        clerk_id=row.clerk_id,
        public_id=row.public_id,
        email=row.email,
        name=row.name,
        roles=roles,
        serves=rights.bound(roles, row.served),
        last_seen_at=row.last_seen_at,
        proved_at=row.proved_at,
        shortcuts=row.shortcuts,
        waiting=Waiting(row.requests, row.threads),
        origin=origin,
    )
    if seen and now - current.last_seen_at > TOUCH_AFTER:
        _touch(current, now)
    return current


def whose(key: str) -> int | None:
    """Return the number of the clerk whose session had this key, alive or not.

    For what they were writing when it ended, which only they will read.
    """
    found = db.rows(_ONCE, key_hash=session_keys.hash_of(key))
    return found[0].clerk_id if found else None


def has_proved(clerk: CurrentClerk) -> bool:
    """Tell whether the password was given a moment ago."""
    return datetime.now(UTC) - clerk.proved_at <= PROOF_LASTS


def note_proof(session: Session, clerk: CurrentClerk) -> None:
    """Write down that the password was given, in the caller's transaction."""
    session.execute(
        update(ClerkSession)
        .where(ClerkSession.id == clerk.session_id)
        .values(proved_at=datetime.now(UTC))
    )


def sign_out(clerk: CurrentClerk) -> None:
    """End this session; a copy of its cookie is worth nothing from now on."""
    with db.transaction() as session:
        _end(session, ClerkSession.id == clerk.session_id)
        journal.record(session, "clerk_signed_out", clerk)


def browsers(clerk: CurrentClerk) -> list[SignedInBrowser]:
    """List the browsers where this clerk is signed in: this one first, then the latest seen."""
    found = db.rows(_ALIVE, clerk_id=clerk.clerk_id, **_alive_at(datetime.now(UTC)))
    listed = [
        SignedInBrowser(
            user_agents.describe(row.user_agent),
            row.created_at,
            row.last_seen_at,
            row.id == clerk.session_id,
        )
        for row in found
    ]
    return sorted(listed, key=lambda browser: not browser.is_current)


def end_others(clerk: CurrentClerk) -> None:
    """Sign this clerk out everywhere but here."""
    with db.transaction() as session:
        mine = ClerkSession.clerk_id == clerk.clerk_id
        _end(session, mine, ClerkSession.id != clerk.session_id)
        journal.record(session, "clerk_signed_out_elsewhere", clerk)


def end_all(session: Session, clerk_id: int) -> None:
    """End every session of a clerk, in the caller's transaction."""
    _end(session, ClerkSession.clerk_id == clerk_id)


def _alive_at(now: datetime) -> dict[str, datetime]:
    return {"seen_after": now - IDLE, "created_after": now - LONGEST}


def _end(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(ClerkSession)
        .where(*which, ClerkSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def _touch(clerk: CurrentClerk, now: datetime) -> None:
    """Note that a browser is in use; reading waits for nobody."""
    with suppress(db.Unavailable), db.transaction(patience_ms=0) as session:
        for table, row in ((ClerkSession, clerk.session_id), (ClerkAccount, clerk.clerk_id)):
            session.execute(update(table).where(table.id == row).values(last_seen_at=now))
