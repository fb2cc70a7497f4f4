"""A message written on screen leaves: ten minutes after it is sent, or at the hour chosen.

Until then no family has it, so that whoever sent it may think better of it; the job of that hour
gives it to them all at once, and has the mails leave.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app import db
from app.formats import day_of
from app.models import Message, MessageSending
from app.services import journal
from app.services.actors import Actor
from app.services.inbox import composing
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.jobs.running import Task
from app.services.mail import notices
from app.services.refusals import Reason, Refusal

# To think better of it.
RESPITE = timedelta(minutes=10)
FARTHEST = timedelta(days=366)
NOT_TO_BE_STOPPED = "Ce message est déjà chez les familles. Vous pouvez le corriger ou le retirer."
PAST = "Cette heure est passée. Choisissez-en une autre, ou «\u00a0maintenant\u00a0»."
# Whom it is for was looked up when it was last saved.
OF_ANOTHER_DAY = "Ce brouillon date d’un autre jour\u00a0: relisez-le, et à qui il s’adresse."
TOO_FAR = "Choisissez un jour d’ici un an."


def send(number: int, actor: Actor) -> datetime:
    """Have a draft leave; return when. Raises Refusal."""
    with db.transaction() as session:
        return leave(session, number, actor)


def leave(session: Session, number: int, actor: Actor) -> datetime:
    """Have a draft leave, in the caller's transaction; return when. Raises Refusal."""
    now = datetime.now(UTC)
    message, sending = composing.draft(session, number)
    if message.sent_on != day_of(now):
        raise Refusal(Reason.OUTDATED, OF_ANOTHER_DAY)
    check_hour(sending.planned_for, now)
    found = composing.reach_of(message)
    due_at = max(sending.planned_for or now, now + RESPITE)
    sending.due_at, sending.parents = due_at, found.parents
    sending.acted_by = actor.acted_by
    queue.enqueue(session, JobKind.MESSAGE, {"message": str(number)}, due_at)
    told = {"message": str(number), "families": str(found.families)}
    journal.record(session, "message_sent", actor, None, **told)
    return due_at


def check_hour(planned_for: datetime | None, now: datetime) -> None:
    """Tell whoever chose an hour that it is past, or too far. Raises Refusal."""
    if planned_for and planned_for <= now:
        raise Refusal(Reason.OUTDATED, PAST)
    if planned_for and planned_for > now + FARTHEST:
        raise Refusal(Reason.UNFIT, TOO_FAR)


def cancel(number: int, actor: Actor) -> None:
    """Make it a draft again, before any family has it. Raises Refusal."""
    with db.transaction() as session:
        message, sending = composing.written(session, number)
        if not message.unsent:
            raise Refusal(Reason.CLOSED, NOT_TO_BE_STOPPED)
        if sending.due_at is None:
            return
        sending.due_at = None
        told = {"message": str(number)}
        journal.record(session, "message_sending_cancelled", actor, None, **told)


def send_due(task: Task) -> None:
    """Give a message to its families, as the job of its hour; another hour has another job."""
    give(int(task.payload["message"]))


def give(number: int) -> None:
    """Give a message to its families, if its hour has come."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        found = composing.held(session, number)
        if found is None or not _is_due(*found, now):
            return
        message, sending = found
        message.unsent, message.sent_on = False, day_of(now)
        sending.sent_at = now
        session.flush()
        if sending.mails:
            notices.tell_of_message(session, composing.families_of(message))


def _is_due(message: Message, sending: MessageSending, now: datetime) -> bool:
    waits = message.unsent and not message.withdrawn_at
    return waits and sending.due_at is not None and sending.due_at <= now
