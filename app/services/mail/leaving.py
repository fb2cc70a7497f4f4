"""Whether mails leave: since when none does, though some should have."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select

from app import db
from app.db import UtcDateTime
from app.models import MailState, OutboxMail
from app.services.mail.outbox import IS_NOT_SENT, PENDING

# A mail that has not left by then is held up by something.
LATE = timedelta(minutes=5)
LATEST = 50
_LIMIT = bindparam("limit", type_=UtcDateTime)
# Held up since then: one that failed already, or that should have left. Asked with `limit`.
HELD_UP = (
    select(func.min(OutboxMail.created_at))
    .where(
        IS_NOT_SENT,
        OutboxMail.state.in_(PENDING),
        OutboxMail.created_at < _LIMIT,
        (OutboxMail.attempts > 0) | (OutboxMail.due_at < _LIMIT),
    )
    .scalar_subquery()
)
# Some end without any server: nobody has that identifiant, or no address.
_LAST_SETTLED = (
    select(OutboxMail.settled_at, OutboxMail.state)
    .where(OutboxMail.settled_at.is_not(None))
    .order_by(OutboxMail.settled_at.desc())
    .limit(LATEST)
    .subquery()
)
LAST_SENT = (
    select(func.max(_LAST_SETTLED.c.settled_at))
    .where(_LAST_SETTLED.c.state == MailState.SENT)
    .scalar_subquery()
)
_BOTH = select(HELD_UP.label("held_up_since"), LAST_SENT.label("last_sent_at"))


def limit() -> datetime:
    """Return before when a mail should have left."""
    return datetime.now(UTC) - LATE


def stopped_since(held_up: datetime | None, sent: datetime | None) -> datetime | None:
    """Say since when no mail leaves; None while they do."""
    return held_up if held_up and not (sent and sent > held_up) else None


def none_since() -> datetime | None:
    """Look it up."""
    [row] = db.rows(_BOTH, limit=limit())
    return stopped_since(row.held_up_since, row.last_sent_at)
