"""The courier's side of the mail queue: what is due, who takes it, what became of it.

Whether an identifiant exists is found out here, and the temporary password made, the same at each
try of one mail. What became of each is written down at once: who is killed makes one double.
What a stranger asked for nobody is written as well, and thrown away: whoever opens pages meanwhile
cannot tell.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from app import db
from app.background import retry_delay
from app.mailer.delivery import Fate, Outcome
from app.models import MailState, OutboxMail
from app.services import journal
from app.services.actors import PORTAL
from app.services.mail import clerk_news, refused_addresses
from app.services.mail.claiming import ClaimedMail, take
from app.services.mail.limits import DEAD_ENDS
from app.services.mail.outbox import PENDING

GIVE_UP_AFTER = timedelta(hours=24)
# Each try of what a server took without saying so makes a copy: five in a day.
FIRST_COPY, LONGEST_COPY = timedelta(minutes=10), timedelta(hours=12)
NEVER = datetime.min.replace(tzinfo=UTC)
FAR_AWAY = datetime.max.replace(tzinfo=UTC)

JOURNAL_EVENTS = {
    MailState.SENT: "mail_sent",
    MailState.REFUSED: "mail_refused",
    MailState.ABANDONED: "mail_abandoned",
    **dict.fromkeys(DEAD_ENDS, "mail_for_nobody"),
}

NOT_ARRIVED = frozenset({MailState.REFUSED, MailState.ABANDONED})

FINAL_STATES = {
    Fate.SENT: MailState.SENT,
    Fate.REFUSED: MailState.REFUSED,
    Fate.DEFERRED: MailState.ABANDONED,
    Fate.UNCERTAIN: MailState.ABANDONED,
    Fate.HELD: MailState.ABANDONED,
}

TRIED_AGAIN = frozenset({Fate.DEFERRED, Fate.UNCERTAIN, Fate.HELD})
IS_DUE = OutboxMail.state.in_(PENDING) & (
    (OutboxMail.due_at <= bindparam("now")) | (OutboxMail.due_at > bindparam("never_so_late"))
)
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


def waiting() -> bool:
    """Tell whether a mail is due."""
    found = db.session().execute(ANY_DUE, _moments(datetime.now(UTC))).first()
    # The answer may be followed by half a minute of SMTP: keep no connection.
    db.let_go()
    return found is not None


def claim(limit: int, lease: timedelta) -> Sequence[ClaimedMail]:
    """Take mails that nobody else has; end at once those that nobody can be sent."""
    while True:
        with db.transaction() as session:
            now = datetime.now(UTC)
            rows = session.execute(TAKE_DUE, _moments(now) | {"limit": limit}).all()
            claims, changes = take(session, rows, now, now + lease)
            if changes:
                session.connection().execute(SET_STATE, changes)
        if claims or not rows:
            return claims


def settle(outcomes: Sequence[Outcome[ClaimedMail]]) -> None:
    """Write down what became of claimed mails, without a wait for the disk after each one.

    A power cut may lose the last of these notes: as few mails leave twice as for a killed worker.
    """
    now = datetime.now(UTC)
    with db.transaction(durable=False) as session:
        last_sent = _last_sent(session, outcomes)
        changes = [_change(outcome, now, last_sent) for outcome in outcomes]
        session.connection().execute(SETTLE, changes)
        if any(change["state"] in NOT_ARRIVED for change in changes):
            clerk_news.tell_soon(session)
        for outcome, change in zip(outcomes, changes, strict=True):
            if change["state"] is MailState.REFUSED and outcome.claim.recipient.name:
                refused_addresses.note(session, outcome.claim.recipient.address, outcome.error)
            if change["state"] in JOURNAL_EVENTS:
                journal.record(
                    session,
                    JOURNAL_EVENTS[change["state"]],
                    PORTAL,
                    outcome.claim.recipient.account_id or None,
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


def _moments(now: datetime) -> dict[str, Any]:
    return {"now": now, "never_so_late": now + LONGEST_COPY + db.CLOCKS_DIFFER}


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
    if mail.dead_end is not None and fate is Fate.DISCARDED:
        return change | {"state": mail.dead_end, "settled_at": now}
    if fate in {Fate.RELEASED, Fate.HELD}:
        change["attempts"] = mail.attempts - 1
    if fate is Fate.RELEASED:
        return change
    if fate in TRIED_AGAIN and now < mail.created_at + GIVE_UP_AFTER:
        change["due_at"] = now + _pause(fate, mail.attempts)
    else:
        change["state"] = FINAL_STATES[fate]
        change["settled_at"] = now
    return change


def _pause(fate: Fate, attempts: int) -> timedelta:
    if fate is Fate.UNCERTAIN:
        return min(FIRST_COPY * (1 << 2 * (attempts - 1)), LONGEST_COPY)
    # What our settings hold goes behind the others, whose addresses they may suit.
    return retry_delay(1 if fate is Fate.HELD else attempts)


def _tried_before(mail: ClaimedMail) -> datetime:
    """Tell when the try before this one was; nothing has been sent since, if there was none."""
    if mail.attempts == 1:
        return FAR_AWAY
    return mail.due_at - retry_delay(mail.attempts - 1)
