"""The journal: one row and one log line for each act that somebody may ask about later."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.db import UtcDateTime
from app.models import JournalEntry
from app.services.actors import Actor, CurrentClerk
from app.services.noted_acts import ACTS

logger = logging.getLogger("portail.journal")
# Who else is told of each act, by its name alone.
watchers: list[Callable[[str], None]] = []

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Nobody does as much in a day; a script might, to hide the rest or to fill the disk.
MOST_LINES_A_DAY = 500
_LINES_SINCE = select(func.count(JournalEntry.id)).where(
    JournalEntry.account_id == bindparam("account_id"),
    JournalEntry.at > bindparam("since", type_=UtcDateTime),
)
_ADD = insert(cast(Table, JournalEntry.__table__))


class _About(NamedTuple):
    """What an entry is about."""

    account_id: int | None
    family_id: int | None = None


def record(
    session: Session,
    event: str,
    actor: Actor,
    account_id: int | None = None,
    **details: str,
) -> None:
    """Add an entry to the caller's transaction; the event is one of `noted_acts`.

    It is about the account of whoever acts, unless another is given. `details` never holds a
    password, a secret, a cookie or the text of a mail. Past what one account may add in a day, its
    acts of one kind share an entry, which counts them.
    """
    _check(event)
    _tell(event)
    about = _About(actor.account_id if account_id is None else account_id)
    if actor.account_id is not None and _is_full(session, actor.account_id):
        mine = JournalEntry.account_id == about.account_id
        if _count_in(session, event, mine, datetime.now(UTC) - DAY):
            return
    _add(session, event, actor, about, details)


def record_of_family(
    session: Session, event: str, actor: Actor, family_id: int, **details: str
) -> None:
    """Add an entry about a family's file, whichever of its accounts; by the town hall."""
    _check(event)
    _tell(event)
    _add(session, event, actor, _About(None, family_id), details)


def record_once_more(
    session: Session,
    event: str,
    actor: Actor,
    account_id: int | None = None,
    identifier: str = "",
) -> None:
    """Add to the count of this minute's entry about an identifiant; begin one where there is none.

    Without an identifiant, of what comes from the same address. For what somebody can repeat as
    fast as a machine: the caller lets one of them in at a time.
    """
    _tell(event)
    details = {"identifier": identifier} if identifier else {}
    if identifier:
        same = JournalEntry.details["identifier"].as_string() == identifier
    else:
        same = JournalEntry.address == actor.origin.address
    if not _count_in(session, event, same, datetime.now(UTC) - MINUTE):
        _add(session, event, actor, _About(account_id), details | {"count": "1"})


def _check(event: str) -> None:
    if event not in ACTS:
        raise ValueError(f"{event} has no words in the journal")


def _tell(event: str) -> None:
    for watcher in watchers:
        watcher(event)


def _is_full(session: Session, account_id: int) -> bool:
    lines = {"account_id": account_id, "since": datetime.now(UTC) - DAY}
    return session.scalars(_LINES_SINCE, lines).one() >= MOST_LINES_A_DAY


def _count_in(session: Session, event: str, which: ColumnElement[bool], since: datetime) -> bool:
    """Add one to the newest such entry; False when there is none."""
    newest = (
        select(JournalEntry)
        .where(JournalEntry.event == event, JournalEntry.at > since, which)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    entry = session.scalars(newest).one_or_none()
    if entry is None:
        return False
    count = int(entry.details.get("count", "1")) + 1
    entry.details = {**entry.details, "count": str(count)}
    return True


def _add(
    session: Session, event: str, actor: Actor, about: _About, details: dict[str, str]
) -> None:
    origin = actor.origin
    values = {
        "at": datetime.now(UTC),
        "event": event,
        "account_id": about.account_id,
        "family_id": about.family_id,
        "acted_by": actor.acted_by,
        "clerk_id": actor.clerk_id if isinstance(actor, CurrentClerk) else None,
        "address": origin.address,
        "request_id": origin.request_id,
        "details": details,
    }
    # Half the price of a row that the session looks after.
    session.connection().execute(_ADD, values)
    logger.info(
        event,
        extra={
            "account": about.account_id,
            "acted_by": actor.acted_by,
            "address": origin.address,
            "request": origin.request_id,
            # Apart: a detail may be called as logging calls something of its own.
            "details": details,
        },
    )
