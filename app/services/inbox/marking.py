"""What one guardian does with a message, for themselves: read it, archive it, put it back."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.models import Message, MessageMark
from app.services import journal
from app.services.actors import CurrentAccount
from app.services.inbox.messages import FOR_FAMILY

_ID = select(Message.id).where(FOR_FAMILY, Message.public_id == bindparam("public_id"))


def mark_read(account: CurrentAccount, message_id: int) -> None:
    """Note when a message was first read."""
    with db.transaction() as session:
        _mark(session, account, message_id, read_at=datetime.now(UTC))


def archive(account: CurrentAccount, public_id: str) -> bool:
    """Take a message out of the inbox; False when this family has no such message."""
    return _file(account, public_id, "message_archived", datetime.now(UTC))


def restore(account: CurrentAccount, public_id: str) -> bool:
    """Put an archived message back; False when this family has no such message."""
    return _file(account, public_id, "message_restored", None)


def _file(account: CurrentAccount, public_id: str, event: str, at: datetime | None) -> bool:
    with db.transaction() as session:
        message_id = session.scalar(_ID, {"family_id": account.family_id, "public_id": public_id})
        if message_id is None:
            return False
        mark = session.get(MessageMark, (account.account_id, message_id))
        # Pressed twice: it is done, and told once.
        if (mark is not None and mark.archived_at is not None) != (at is not None):
            _mark(session, account, message_id, archived_at=at)
            journal.record(session, event, account, message=str(message_id))
    return True


def _mark(session: Session, account: CurrentAccount, message_id: int, **marks: Any) -> None:
    key = {"account_id": account.account_id, "message_id": message_id}
    mark = db.insert(MessageMark).values(**key, **marks)
    session.execute(mark.on_conflict_do_update(index_elements=list(key), set_=marks))
