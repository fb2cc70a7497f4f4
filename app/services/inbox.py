"""The inbox: messages from the town hall."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, or_, select

from app import db
from app.models import Message, MessageMark
from app.services.ledger import FAMILY
from app.services.sessions import CurrentAccount

_FOR_FAMILY = or_(Message.family_id == FAMILY, Message.family_id.is_(None))
_READ_AT = (
    select(MessageMark.read_at)
    .where(MessageMark.message_id == Message.id, MessageMark.account_id == bindparam("account_id"))
    .scalar_subquery()
)
_MESSAGES = (
    select(Message.public_id, Message.subject, Message.sent_on, _READ_AT.is_not(None))
    .where(_FOR_FAMILY)
    .order_by(Message.sent_on.desc(), Message.id.desc())
)
_MESSAGE = select(Message).where(_FOR_FAMILY, Message.public_id == bindparam("public_id"))


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in the list."""

    public_id: str
    subject: str
    sent_on: date
    read: bool


def messages(account: CurrentAccount) -> list[MessageLine]:
    """List the family's messages, the newest first."""
    found = db.rows(_MESSAGES, family_id=account.family_id, account_id=account.account_id)
    return [MessageLine(*row) for row in found]


def open_message(account: CurrentAccount, public_id: str) -> Message | None:
    """Return a message of this family and mark it read, the first time, for this guardian."""
    session = db.session()
    message = session.scalars(
        _MESSAGE, {"family_id": account.family_id, "public_id": public_id}
    ).one_or_none()
    if message is None:
        return None
    if session.get(MessageMark, (account.account_id, message.id)) is not None:
        return message
    mark = db.insert(MessageMark).values(
        account_id=account.account_id, message_id=message.id, read_at=datetime.now(UTC)
    )
    with db.transaction() as writing:
        writing.execute(mark.on_conflict_do_nothing())
    return message
