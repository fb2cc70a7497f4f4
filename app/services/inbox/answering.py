"""Writing in a thread: each family has its own, even of a message to every family."""

import secrets
from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.models import Message, MessageReply
from app.services import journal
from app.services.inbox.messages import FOR_FAMILY
from app.services.journal import Origin
from app.services.sessions import CurrentAccount

LONGEST_REPLY = 4_000
KEY_BYTES = 16

_ANSWERABLE = select(Message.id).where(
    FOR_FAMILY, Message.public_id == bindparam("public_id"), Message.answerable
)


def new_key() -> str:
    """Name a sending, so that a double click makes one reply."""
    return secrets.token_hex(KEY_BYTES)


def answer(account: CurrentAccount, public_id: str, text: str, key: str, origin: Origin) -> bool:
    """Keep what a guardian answers; False when this message does not exist or takes no answer."""
    with db.transaction() as session:
        parameters = {"family_id": account.family_id, "public_id": public_id}
        message_id = session.scalar(_ANSWERABLE, parameters)
        if message_id is None:
            return False
        if _keep(session, message_id, account, text, key):
            journal.record(
                session, "message_answered", origin, account.account_id, message=str(message_id)
            )
    return True


def _keep(session: Session, message_id: int, account: CurrentAccount, text: str, key: str) -> bool:
    """Add to the thread, once."""
    reply = db.insert(MessageReply).values(
        message_id=message_id,
        family_id=account.family_id,
        account_id=account.account_id,
        written_at=datetime.now(UTC),
        body=text,
        sending_key=key,
    )
    kept = reply.on_conflict_do_nothing(index_elements=["sending_key"]).returning(MessageReply.id)
    return session.execute(kept).first() is not None
