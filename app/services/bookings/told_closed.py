"""The message that told a family why a day of its own was closed, read along with the day."""

from sqlalchemy import case, select

from app.models import Booking, BookingState, Closing, Message, ServiceDay
from app.services.inbox.messages import FOR_FAMILY

_MESSAGE = (
    select(Message.public_id)
    .join(Closing, Closing.message_id == Message.id)
    .join(ServiceDay, ServiceDay.closing_id == Closing.id)
    .where(ServiceDay.service_id == Booking.service_id, ServiceDay.day == Booking.day, FOR_FAMILY)
    .order_by(Message.id.desc())
    .limit(1)
    .scalar_subquery()
)
# Looked for where a day was closed, and nowhere else.
TOLD_BY = case((Booking.state == BookingState.CLOSED, _MESSAGE), else_=None)
