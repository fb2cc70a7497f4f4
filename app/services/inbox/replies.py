"""What is written in a thread, by a family or by the town hall."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import MessageReply
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

LONGEST_REPLY = 4_000
SOMETHING_ELSE = (
    "Cette réponse n’est pas partie\u00a0: de la même page, une autre est déjà partie. "
    "Relisez-la, puis envoyez-la."
)
_SENT = select(
    MessageReply.message_id, MessageReply.family_id, MessageReply.account_id, MessageReply.body
).where(MessageReply.sending_key == bindparam("key"))


def keep(
    session: Session, message_id: int, family_id: int, actor: Actor, text: str, key: str
) -> bool:
    """Add to a thread, once for a key; whoever has no account is of the town hall.

    False when it is there already. Raises Refusal when the key was used for something else.
    """
    now = datetime.now(UTC)
    reply = db.insert(MessageReply).values(
        message_id=message_id,
        family_id=family_id,
        account_id=actor.account_id,
        acted_by=actor.acted_by,
        written_at=now,
        waits_since=None if actor.account_id is None else now,
        body=text,
        sending_key=key,
    )
    kept = reply.on_conflict_do_nothing(index_elements=["sending_key"]).returning(MessageReply.id)
    if found := session.execute(kept).first():
        _answer_all_before(session, message_id, family_id, found.id)
        return True
    sent = session.execute(_SENT, {"key": key}).one()
    if tuple(sent) != (message_id, family_id, actor.account_id, text):
        raise Refusal(Reason.UNFIT, SOMETHING_ELSE)
    return False


def _answer_all_before(session: Session, message_id: int, family_id: int, reply_id: int) -> None:
    """Have what was written before in this thread wait no more: only its last words may."""
    before = (MessageReply.message_id == message_id, MessageReply.family_id == family_id)
    session.execute(
        update(MessageReply).where(*before, MessageReply.id < reply_id).values(waits_since=None)
    )
