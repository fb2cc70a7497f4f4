"""The courier's side of the mail queue: what is due, who takes it, what became of it.

Whether an identifiant exists is found out here, and the temporary password made, anew for each
try. Two transactions serve a whole batch: SQLite waits for the disk at each commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from app import db
from app.background import retry_delay
from app.mailer.delivery import Fate, Outcome
from app.mailer.message import Message
from app.models import MAY_SIGN_IN, Account, Guardian, MailState, OutboxMail
from app.services import journal
from app.services.actors import PORTAL
from app.services.mail import letters
from app.services.mail.kinds import WITH_SECRET, MailKind
from app.services.mail.letters import Recipient
from app.services.mail.limits import Recent
from app.services.mail.outbox import PENDING
from app.services.tokens import temporary_passwords
from app.services.tokens.temporary_passwords import IssuedPassword

AnyRow = Row[*tuple[Any, ...]]

GIVE_UP_AFTER = timedelta(hours=24)
NEVER = datetime.min.replace(tzinfo=UTC)
FAR_AWAY = datetime.max.replace(tzinfo=UTC)

JOURNAL_EVENTS = {
    MailState.SENT: "mail_sent",
    MailState.REFUSED: "mail_refused",
    MailState.ABANDONED: "mail_abandoned",
}

FINAL_STATES = {
    Fate.SENT: MailState.SENT,
    Fate.REFUSED: MailState.REFUSED,
    Fate.DEFERRED: MailState.ABANDONED,
    Fate.HELD: MailState.ABANDONED,
}

IS_DUE = OutboxMail.state.in_(PENDING) & (OutboxMail.due_at <= bindparam("now"))
ANY_DUE = select(OutboxMail.id).where(IS_DUE).limit(1)
TAKE_DUE = (
    select(
        OutboxMail.id,
        OutboxMail.kind,
        OutboxMail.identifier,
        OutboxMail.address,
        OutboxMail.context,
        OutboxMail.attempts,
        OutboxMail.created_at,
        OutboxMail.due_at,
        OutboxMail.by_town_hall,
    )
    .where(IS_DUE)
    .order_by(OutboxMail.due_at, OutboxMail.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
# Locked, always in the same order: mails to one account, in two workers' hands, are counted one
# after the other.
RECIPIENTS = (
    select(
        Account.id,
        Account.identifier,
        Guardian.email,
        Guardian.title,
        Guardian.first_name,
        Guardian.last_name,
        Account.password_hash.is_(None).label("is_new"),
        MAY_SIGN_IN.label("may_sign_in"),
    )
    .join(Account.guardian)
    .join(Guardian.family)
    .where(Account.identifier.in_(bindparam("identifiers", expanding=True)))
    .order_by(Account.id)
    .with_for_update(of=Account, key_share=True)
)
LAST_SENT = select(func.max(OutboxMail.settled_at)).where(OutboxMail.state == MailState.SENT)
OUTBOX = cast(Table, OutboxMail.__table__)
SET_STATE = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row_id"))
    .values(
        state=bindparam("state"),
        attempts=bindparam("attempts"),
        due_at=bindparam("due_at"),
        settled_at=bindparam("settled_at"),
        last_error=bindparam("last_error"),
    )
)
# Whoever lost the lease has no say any more.
SETTLE = SET_STATE.where(
    OUTBOX.c.state == MailState.SENDING, OUTBOX.c.due_at == bindparam("lease_ends")
)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail in the hands of one courier."""

    id: int
    kind: str
    lease_ends: datetime
    # This try included.
    attempts: int
    created_at: datetime
    due_at: datetime
    recipient: Recipient
    context: dict[str, str]
    issued: IssuedPassword | None = field(repr=False)

    def compose(self) -> Message:
        """Write the mail. Raises PermanentFailure when its address cannot be used."""
        return letters.write(
            MailKind(self.kind), self.recipient, self.issued, self.created_at, self.context
        )


def waiting() -> bool:
    """Tell whether a mail is due."""
    session = db.session()
    found = session.execute(ANY_DUE, {"now": datetime.now(UTC)}).first()
    # The answer may be followed by half a minute of SMTP: leave no transaction open.
    session.rollback()
    return found is not None


def claim(limit: int, lease: timedelta) -> Sequence[ClaimedMail]:
    """Take mails that nobody else has; end at once those that nobody can be sent."""
    while True:
        with db.transaction() as session:
            now = datetime.now(UTC)
            rows = session.execute(TAKE_DUE, {"now": now, "limit": limit}).all()
            claims = _take(session, rows, now, now + lease)
        if claims or not rows:
            return claims


def settle(outcomes: Sequence[Outcome[ClaimedMail]]) -> None:
    """Write down what became of claimed mails."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        last_sent = _last_sent(session, outcomes)
        changes = [_change(outcome, now, last_sent) for outcome in outcomes]
        session.connection().execute(SETTLE, changes)
        for outcome, change in zip(outcomes, changes, strict=True):
            if change["state"] in JOURNAL_EVENTS:
                journal.record(
                    session,
                    JOURNAL_EVENTS[change["state"]],
                    PORTAL,
                    outcome.claim.recipient.account_id,
                    kind=outcome.claim.kind,
                    mail=str(outcome.claim.id),
                )


def hold(reason: str) -> None:
    """Write down why the mails that are due cannot leave; give up on those of yesterday."""
    now = datetime.now(UTC)
    due = update(OutboxMail).where(OutboxMail.state.in_(PENDING), OutboxMail.due_at <= now)
    due = due.execution_options(synchronize_session=False)
    with db.transaction() as session:
        session.execute(due.values(last_error=reason))
        session.execute(
            due.where(OutboxMail.created_at <= now - GIVE_UP_AFTER).values(
                state=MailState.ABANDONED, settled_at=now
            )
        )


def _take(
    session: Session, rows: Sequence[AnyRow], now: datetime, lease_ends: datetime
) -> list[ClaimedMail]:
    if not rows:
        return []
    identifiers = sorted({row.identifier for row in rows})
    accounts = {
        row.identifier: row for row in session.execute(RECIPIENTS, {"identifiers": identifiers})
    }
    recent = Recent(session, identifiers, {row.id for row in rows}, now)
    claims, changes = [], []
    for row in rows:
        account = accounts.get(row.identifier)
        dead_end = _dead_end(row, account) or recent.limit(row)
        change = {
            "row_id": row.id,
            "state": dead_end or MailState.SENDING,
            "attempts": row.attempts + (dead_end is None),
            "due_at": row.due_at if dead_end else lease_ends,
            "settled_at": now if dead_end else None,
            "last_error": "",
        }
        changes.append(change)
        if dead_end is None and account is not None:
            claims.append(_claimed(session, row, account, lease_ends))
    session.connection().execute(SET_STATE, changes)
    return claims


def _dead_end(mail: AnyRow, account: AnyRow | None) -> MailState | None:
    if account is None:
        return MailState.UNKNOWN
    if not account.may_sign_in:
        return MailState.ARCHIVED
    if not (mail.address or account.email.strip()):
        return MailState.NO_ADDRESS
    return None


def _claimed(session: Session, row: AnyRow, account: AnyRow, lease_ends: datetime) -> ClaimedMail:
    secret = row.kind in WITH_SECRET
    return ClaimedMail(
        id=row.id,
        # Whoever asks before having chosen a password has lost nothing: it is their first time.
        kind=MailKind.ACTIVATION if secret and account.is_new else row.kind,
        lease_ends=lease_ends,
        attempts=row.attempts + 1,
        created_at=row.created_at,
        due_at=row.due_at,
        recipient=_recipient(row, account),
        context=row.context,
        issued=temporary_passwords.issue(session, account.id) if secret else None,
    )


def _recipient(row: AnyRow, account: AnyRow) -> Recipient:
    """Name whom it is for, unless it goes elsewhere than to their own address."""
    names = () if row.address else (account.title, account.first_name, account.last_name)
    return Recipient(
        account.id,
        account.identifier,
        row.address or account.email,
        " ".join(filter(None, names)),
    )


def _last_sent(session: Session, outcomes: Sequence[Outcome[ClaimedMail]]) -> datetime:
    """Tell when the server took a mail last, for those whose refusal is in doubt."""
    doubts = any(outcome.fate is Fate.DOUBTED for outcome in outcomes)
    return (session.scalar(LAST_SENT) if doubts else None) or NEVER


def _change(outcome: Outcome[ClaimedMail], now: datetime, last_sent: datetime) -> dict[str, Any]:
    mail, fate = outcome.claim, outcome.fate
    if fate is Fate.DOUBTED:
        fate = Fate.REFUSED if last_sent > _tried_before(mail) else Fate.DEFERRED
    change = {
        "row_id": mail.id,
        "lease_ends": mail.lease_ends,
        "state": MailState.QUEUED,
        "attempts": mail.attempts,
        "due_at": mail.due_at,
        "settled_at": None,
        "last_error": outcome.error,
    }
    if fate in {Fate.RELEASED, Fate.HELD}:
        change["attempts"] = mail.attempts - 1
    if fate is Fate.RELEASED:
        return change
    if fate in {Fate.DEFERRED, Fate.HELD} and now < mail.created_at + GIVE_UP_AFTER:
        # Behind the others: our settings may suit their addresses.
        change["due_at"] = now + retry_delay(1 if fate is Fate.HELD else mail.attempts)
    else:
        change["state"] = FINAL_STATES[fate]
        change["settled_at"] = now
    return change


def _tried_before(mail: ClaimedMail) -> datetime:
    """Tell when the try before this one was; nothing has been sent since, if there was none."""
    if mail.attempts == 1:
        return FAR_AWAY
    return mail.due_at - retry_delay(mail.attempts - 1)
