"""What the town hall does with a message that families have: reminds of it, corrects it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists
from sqlalchemy.orm import Session

from app import db
from app.formats import near_moment
from app.models import Account, Message, MessageMark, MessageSending
from app.models.messages import folded_message
from app.services import journal
from app.services.actors import Actor
from app.services.inbox import composing
from app.services.mail import notices
from app.services.refusals import Reason, Refusal

# Two mails about one message in a day would be one too many.
PATIENCE = timedelta(days=1)
NOT_WITH_FAMILIES = (
    "Les familles n’ont pas ce message\u00a0: il n’est pas envoyé, ou il est retiré."
)
TOO_SOON = "Un rappel est déjà parti {}. Attendez le lendemain."
AT_ONCE = "Ce message vient de partir. Attendez le lendemain pour relancer."


def remind(number: int, actor: Actor) -> int:
    """Have a mail leave to those who want one and have not opened it. Raises Refusal."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        message, sending = _with_families(session, number)
        if sending.reminded_at and now - sending.reminded_at < PATIENCE:
            raise Refusal(Reason.TOO_MANY, TOO_SOON.format(near_moment(sending.reminded_at)))
        if sending.mails and sending.sent_at and now - sending.sent_at < PATIENCE:
            raise Refusal(Reason.TOO_MANY, AT_ONCE)
        has_opened = exists().where(
            MessageMark.account_id == Account.id,
            MessageMark.message_id == number,
            MessageMark.read_at.is_not(None),
        )
        told = composing.families_of(message) & ~has_opened
        count = notices.tell_of_message(session, told)
        sending.reminded_at = now
        said = {"message": str(number), "mails": str(count)}
        journal.record(session, "message_reminded", actor, None, **said)
    return count


def correct(number: int, subject: str, body: str, actor: Actor) -> bool:
    """Write other words in a message; False when they are the same. Raises Refusal.

    Whoever has read it has read it: nobody is told again.
    """
    with db.transaction() as session:
        message, _ = _with_families(session, number)
        if (message.subject, message.body) == (subject, body):
            return False
        message.subject, message.body = subject, body
        message.folded = folded_message(message.sender, subject, body)
        message.corrected_at = datetime.now(UTC)
        told = {"message": str(number)}
        journal.record(session, "message_corrected", actor, None, **told)
    return True


def _with_families(session: Session, number: int) -> tuple[Message, MessageSending]:
    message, sending = composing.written(session, number)
    if message.unsent or message.withdrawn_at:
        raise Refusal(Reason.CLOSED, NOT_WITH_FAMILIES)
    return message, sending
