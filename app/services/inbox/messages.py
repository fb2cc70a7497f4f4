"""Which messages a family has, what one guardian did with each, and what told of a closed day."""

from sqlalchemy import and_, bindparam, case, exists, or_, select

from app.models import (
    FAMILY,
    Booking,
    BookingState,
    Closing,
    Message,
    MessageMark,
    MessageRecipient,
    ServiceDay,
)

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
_OF_CLOSED_DAY = (
    select(Message.public_id)
    .join(Closing, Closing.message_id == Message.id)
    .join(ServiceDay, ServiceDay.closing_id == Closing.id)
    .where(ServiceDay.service_id == Booking.service_id, ServiceDay.day == Booking.day, FOR_FAMILY)
    .order_by(Message.id.desc())
    .limit(1)
    .scalar_subquery()
)
# Looked for where a day was closed, and nowhere else.
TOLD_BY = case((Booking.state == BookingState.CLOSED, _OF_CLOSED_DAY), else_=None)
