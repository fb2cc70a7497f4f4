"""Which messages a family has, and what one guardian did with each."""

from sqlalchemy import and_, bindparam, exists, or_

from app.models import FAMILY, Message, MessageMark, MessageRecipient

_IS_RECIPIENT = exists().where(
    MessageRecipient.message_id == Message.id, MessageRecipient.family_id == FAMILY
)
# A message for every family belongs to each of them, in a thread of its own. One for some is looked
# up by its key, among the few that are for no family alone.
FOR_FAMILY = and_(
    or_(Message.family_id == FAMILY, Message.family_id.is_(None)),
    or_(~Message.for_some, _IS_RECIPIENT),
    ~Message.unsent,
    Message.withdrawn_at.is_(None),
)
# To join the marks of the guardian bound as `account_id`; most messages have none yet.
MARKED = and_(
    MessageMark.message_id == Message.id, MessageMark.account_id == bindparam("account_id")
)
IN_THE_INBOX = MessageMark.archived_at.is_(None)
UNREAD = and_(IN_THE_INBOX, MessageMark.read_at.is_(None))
