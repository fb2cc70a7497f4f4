"""The mail queue, for those who fill it and those who look after it.

A row says who is to be written to and why; it holds no text and no secret. `dispatch` takes it
from there, when no visitor waits. A kind that is none is refused here, while somebody can tell
who asked for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, insert, literal, literal_column, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import UtcDateTime
from app.formats import fold
from app.mailer.courier import courier
from app.models import Account, ClerkAccount, Guardian, MailState, OutboxMail
from app.services import journal
from app.services.actors import Actor
from app.services.mail.kinds import TO_CLERKS, MailKind

PENDING = (MailState.QUEUED, MailState.SENDING)
# What `retry` without names takes up again: the rest would end the same way.
WORTH_RETRYING = (MailState.REFUSED, MailState.ABANDONED, MailState.NO_ADDRESS)
# What has left, is leaving, or was kept from it on purpose.
GONE = (MailState.SENT, MailState.SENDING, MailState.WITHDRAWN)
# Said as well of some of the other states, so that the index of those is seen to hold them all:
# it knows a word that is written, not one that is given.
IS_NOT_SENT = OutboxMail.state != literal_column(f"'{MailState.SENT}'")
AT_A_TIME = 500


class MailLine(NamedTuple):
    """A mail as operators see it: never its text."""

    id: int
    identifier: str
    # Empty when nobody has this identifiant.
    first_name: str
    last_name: str
    address: str
    kind: str
    state: MailState
    attempts: int
    created_at: datetime
    settled_at: datetime | None
    due_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The mails that have not left and still may."""

    count: int
    # Of the one that is tried first.
    due_at: datetime | None
    # When the first of them was asked for.
    oldest_at: datetime | None


LINES = (
    select(
        OutboxMail.id,
        OutboxMail.identifier,
        func.coalesce(Guardian.first_name, ClerkAccount.name, ""),
        func.coalesce(Guardian.last_name, ""),
        func.coalesce(func.nullif(OutboxMail.address, ""), Guardian.email, ""),
        OutboxMail.kind,
        OutboxMail.state,
        OutboxMail.attempts,
        OutboxMail.created_at,
        OutboxMail.settled_at,
        OutboxMail.due_at,
        OutboxMail.last_error,
    )
    .outerjoin(Account, Account.identifier == OutboxMail.identifier)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(
        ClerkAccount,
        (ClerkAccount.email == OutboxMail.address) & OutboxMail.kind.in_(TO_CLERKS),
    )
    .order_by(OutboxMail.id.desc())
)
WAITING = select(func.count(), func.min(OutboxMail.due_at), func.min(OutboxMail.created_at)).where(
    OutboxMail.state.in_(PENDING)
)
BY_STATE = select(OutboxMail.state, func.count()).group_by(OutboxMail.state)


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


def withdraw(session: Session, mail_id: int) -> bool:
    """Keep a mail from leaving, in the caller's transaction; False when it is too late."""
    return bool(_keep_back(session, OutboxMail.id == mail_id))


def send_all(session: Session, kind: MailKind, identifiers: Sequence[str]) -> None:
    """Queue a mail for each of many people, because the town hall wants it to leave."""
    now, known = datetime.now(UTC), MailKind(kind)
    common = {"kind": known, "created_at": now, "due_at": now, "by_town_hall": True}
    rows = [{"identifier": identifier, **common} for identifier in identifiers]
    if rows:
        session.execute(insert(OutboxMail), rows)
        db.after_commit(session, courier().notify)


def enqueue_selected(
    session: Session,
    kind: MailKind,
    identifiers: Select[str],
    now: datetime,
    wait: timedelta = timedelta(),
) -> int:
    """Queue a mail for each account that a statement selects, however many; count them."""
    known = literal(MailKind(kind), OutboxMail.kind.type)
    moments = [literal(moment, UtcDateTime()) for moment in (now, now + wait)]
    selected = identifiers.add_columns(known, *moments)
    columns = ["identifier", "kind", "created_at", "due_at"]
    result = session.execute(
        insert(OutboxMail).from_select(columns, selected),
        execution_options={"preserve_rowcount": True},
    )
    count: int = getattr(result, "rowcount", 0)
    if count:
        db.after_commit(session, courier().notify)
    return count


def latest(limit: int, *, only_unsent: bool = False, words: str = "") -> list[MailLine]:
    """List the mails of the queue, the newest first.

    With words, those to somebody whose name, address or identifiant holds them all.
    """
    lines = LINES.where(OutboxMail.state != MailState.SENT) if only_unsent else LINES
    wanted = fold(words).split()
    if not wanted:
        lines = lines.limit(limit)
    # No database of ours compares French without its accents: they come by the hundred, as long as
    # too few are found.
    with db.stream(lines, AT_A_TIME) as rows:
        read = (MailLine(*row) for row in rows)
        return list(islice((line for line in read if _holds(line, wanted)), limit))


def waiting() -> Waiting:
    """Count the mails that wait, and tell when the first of them is tried."""
    row = db.session().execute(WAITING).one()
    return Waiting(*row)


def by_state() -> dict[MailState, int]:
    """Count the mails of the queue, in every state."""
    counted = dict(db.session().execute(BY_STATE).all())
    return {state: counted.get(state, 0) for state in MailState}


def retry(actor: Actor, ids: Iterable[int] | None = None) -> list[int]:
    """Put mails back in the queue, as if they had just been asked for; return which.

    Without ids, every mail that waits or that failed. What is GONE stays alone.
    """
    if ids is None:
        wanted = OutboxMail.state.in_((MailState.QUEUED, *WORTH_RETRYING))
    else:
        wanted = OutboxMail.id.in_(list(ids))
    with db.transaction() as session:
        found = _put_back(session, wanted)
        if found:
            journal.record(session, "mail_retried", actor, count=str(len(found)))
    return sorted(found)


def retry_one(actor: Actor, family_id: int, number: int) -> bool:
    """Put a mail to a family back in the queue; False when there is none, or it has left."""
    theirs = select(Account.id, Account.identifier).join(Account.guardian)
    with db.transaction() as session:
        accounts = {
            row.identifier: row.id
            for row in session.execute(theirs.where(Guardian.family_id == family_id))
        }
        mail = session.get(OutboxMail, number)
        if mail is None or mail.identifier not in accounts:
            return False
        if not _put_back(session, OutboxMail.id == number):
            return False
        told = {"mail": str(number)}
        journal.record(session, "mail_retried", actor, accounts[mail.identifier], **told)
    return True


def retry_chosen(actor: Actor, chosen: ColumnElement[bool]) -> int:
    """Put the mails that are chosen back in the queue; count them. What is GONE stays alone."""
    with db.transaction() as session:
        found = len(_put_back(session, chosen))
        if found:
            journal.record(session, "mail_retried", actor, count=str(found))
    return found


def withdraw_chosen(actor: Actor, chosen: ColumnElement[bool]) -> int:
    """Keep those of the mails that are chosen from leaving that still wait; count them."""
    with db.transaction() as session:
        found = len(_keep_back(session, chosen))
        if found:
            journal.record(session, "mail_withdrawn", actor, count=str(found))
    return found


def _keep_back(session: Session, wanted: ColumnElement[bool]) -> list[int]:
    kept = session.scalars(
        update(OutboxMail)
        .where(wanted, OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.WITHDRAWN, settled_at=datetime.now(UTC))
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    )
    return list(kept)


def _put_back(session: Session, wanted: ColumnElement[bool]) -> list[int]:
    now = datetime.now(UTC)
    found = session.scalars(
        update(OutboxMail)
        .where(wanted, OutboxMail.state.not_in(GONE))
        .values(
            state=MailState.QUEUED,
            attempts=0,
            created_at=now,
            due_at=now,
            settled_at=None,
            last_error="",
            by_town_hall=True,
        )
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    ).all()
    if found:
        db.after_commit(session, courier().notify)
    return list(found)


def _holds(line: MailLine, words: Sequence[str]) -> bool:
    told = fold(f"{line.first_name} {line.last_name} {line.address} {line.identifier}")
    return all(word in told for word in words)
