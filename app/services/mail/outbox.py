"""The mail queue, for those who fill it and those who look after it.

A row says who is to be written to and why; it holds no text and no secret. `dispatch` takes it
from there, when no visitor waits. A kind that is none is refused here, while somebody can tell
who asked for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, insert, literal, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import UtcDateTime
from app.mailer.courier import courier
from app.models import MailState, OutboxMail
from app.services import journal
from app.services.actors import Actor
from app.services.mail.kinds import MailKind

PENDING = (MailState.QUEUED, MailState.SENDING)
# What `retry` without names takes up again: the rest would end the same way.
WORTH_RETRYING = (MailState.REFUSED, MailState.ABANDONED, MailState.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail as operators see it: never its text."""

    id: int
    identifier: str
    kind: str
    state: MailState
    attempts: int
    created_at: datetime
    settled_at: datetime | None
    due_at: datetime
    last_error: str


LINES = select(
    OutboxMail.id,
    OutboxMail.identifier,
    OutboxMail.kind,
    OutboxMail.state,
    OutboxMail.attempts,
    OutboxMail.created_at,
    OutboxMail.settled_at,
    OutboxMail.due_at,
    OutboxMail.last_error,
).order_by(OutboxMail.id.desc())


def enqueue(
    session: Session, kind: MailKind, identifier: str, address: str = "", **context: str
) -> OutboxMail:
    """Queue a mail in the caller's transaction; it leaves once that is committed.

    It goes to the guardian's own address unless another is given. `context` is stored and goes to
    the templates: never a secret.
    """
    now = datetime.now(UTC)
    mail = OutboxMail(
        kind=MailKind(kind),
        identifier=identifier,
        address=address,
        context=context,
        created_at=now,
        due_at=now,
    )
    session.add(mail)
    session.flush()
    db.after_commit(session, courier().notify)
    return mail


def enqueue_all(session: Session, kind: MailKind, identifiers: Sequence[str]) -> None:
    """Queue a mail for each of many people."""
    now, known = datetime.now(UTC), MailKind(kind)
    rows = [
        {"kind": known, "identifier": identifier, "created_at": now, "due_at": now}
        for identifier in identifiers
    ]
    if rows:
        session.execute(insert(OutboxMail), rows)
        db.after_commit(session, courier().notify)


def enqueue_selected(session: Session, kind: MailKind, identifiers: Select[str]) -> int:
    """Queue a mail for each account that a statement selects, however many; count them."""
    now = datetime.now(UTC)
    moment = [literal(now, UtcDateTime()).label(name) for name in ("created_at", "due_at")]
    known = literal(MailKind(kind), OutboxMail.kind.type)
    selected = identifiers.add_columns(known, *moment)
    columns = ["identifier", "kind", "created_at", "due_at"]
    result = session.execute(
        insert(OutboxMail).from_select(columns, selected),
        execution_options={"preserve_rowcount": True},
    )
    count: int = getattr(result, "rowcount", 0)
    if count:
        db.after_commit(session, courier().notify)
    return count


def latest(limit: int, *, only_unsent: bool = False) -> list[MailLine]:
    """List the mails of the queue, the newest first."""
    lines = LINES.limit(limit)
    if only_unsent:
        lines = lines.where(OutboxMail.state != MailState.SENT)
    return [MailLine(*row) for row in db.session().execute(lines)]


def retry(actor: Actor, ids: Iterable[int] | None = None) -> list[int]:
    """Put mails back in the queue, as if they had just been asked for; return which.

    Without ids, every mail that waits or that failed. What has left, or is leaving, stays alone.
    """
    now = datetime.now(UTC)
    if ids is None:
        wanted = OutboxMail.state.in_((MailState.QUEUED, *WORTH_RETRYING))
    else:
        wanted = OutboxMail.id.in_(list(ids))
    with db.transaction() as session:
        found = list(
            session.scalars(
                update(OutboxMail)
                .where(wanted, OutboxMail.state.not_in((MailState.SENT, MailState.SENDING)))
                .values(
                    state=MailState.QUEUED,
                    attempts=0,
                    created_at=now,
                    due_at=now,
                    settled_at=None,
                    last_error="",
                )
                .returning(OutboxMail.id)
                .execution_options(synchronize_session=False)
            )
        )
        if found:
            journal.record(session, "mail_retried", actor, count=str(len(found)))
            db.after_commit(session, courier().notify)
    return sorted(found)
