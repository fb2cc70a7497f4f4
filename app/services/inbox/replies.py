"""What is written in a thread, by a family or by the town hall."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import db
from app.models import MessageReply
from app.services.actors import Actor

LONGEST_REPLY = 4_000


def keep(
    session: Session, message_id: int, family_id: int, actor: Actor, text: str, key: str
) -> bool:
    """Add to a thread, once for a key; whoever has no account is of the town hall."""
    reply = db.insert(MessageReply).values(
        message_id=message_id,
        family_id=family_id,
        account_id=actor.account_id,
        acted_by=actor.acted_by,
        written_at=datetime.now(UTC),
        body=text,
        sending_key=key,
    )
    kept = reply.on_conflict_do_nothing(index_elements=["sending_key"]).returning(MessageReply.id)
    return session.execute(kept).first() is not None
