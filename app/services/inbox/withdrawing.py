"""The town hall takes a message back: no family has it any more, nor what was joined to it."""

from datetime import UTC, datetime

from sqlalchemy import delete

from app import db
from app.models import Message, MessageAttachment
from app.services import journal
from app.services.actors import Actor
from app.services.inbox import desk


def withdraw(number: int, actor: Actor) -> bool:
    """Take a message back; False when it is already. Raises Refusal when there is none.

    The row stays, with what families answered: the files that bring it again are told by it.
    """
    if desk.find(number).withdrawn_at:
        return False
    with db.transaction() as session:
        message = session.get_one(Message, number)
        message.withdrawn_at = datetime.now(UTC)
        # Nobody names their files any more: they are swept.
        session.execute(delete(MessageAttachment).where(MessageAttachment.message_id == number))
        told = {"message": str(number)}
        journal.record(session, "message_withdrawn", actor, None, **told)
    return True
