"""What is written in a thread, by a family or by the town hall."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import db
from app.models import MessageReply

LONGEST_REPLY = 4_000


def keep(
    session: Session, message_id: int, family_id: int, account_id: int | None, text: str, key: str
) -> bool:
    """Add to a thread, once for a key; without an account, the town hall writes."""
    reply = db.insert(MessageReply).values(
        message_id=message_id,
        family_id=family_id,
        account_id=account_id,
        written_at=datetime.now(UTC),
        body=text,
        sending_key=key,
    )
    kept = reply.on_conflict_do_nothing(index_elements=["sending_key"]).returning(MessageReply.id)
    return session.execute(kept).first() is not None
