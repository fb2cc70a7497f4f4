"""What a family has to read: the latest messages and documents, in one statement."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import cast, exists, func, literal, null, select, union_all

from app import db
from app.db import UtcDateTime
from app.formats import day_of, today
from app.models import FAMILY, Account, Document, Guardian, Message, MessageMark, MessageReply
from app.services.documents import library
from app.services.inbox import messages

MOST = 5
_MESSAGE, _DOCUMENT = "message", "document"
# Not by the index of days, which would meet everybody's until there are enough of theirs.
_LATEST = (
    select(Message.id, Message.subject, Message.sent_on)
    .where(messages.FOR_FAMILY)
    .order_by(func.coalesce(Message.sent_on, null()).desc(), Message.id.desc())
    .limit(MOST)
    .subquery()
)
_ACCOUNTS = (
    select(Account.id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Guardian.family_id == FAMILY, Guardian.rank.is_not(None))
)
# By the marks of these few accounts: by the message, databases would go through everybody's.
_OPENED = (
    select(func.count())
    .select_from(MessageMark)
    .where(
        MessageMark.account_id.in_(_ACCOUNTS),
        MessageMark.message_id + 0 == _LATEST.c.id,
        MessageMark.read_at.is_not(None),
    )
    .scalar_subquery()
)
_WAITS = exists().where(
    MessageReply.message_id == _LATEST.c.id,
    MessageReply.family_id == FAMILY,
    MessageReply.waits_since.is_not(None),
)
_MESSAGES = select(
    literal(_MESSAGE).label("what"),
    _LATEST.c.id,
    _LATEST.c.subject.label("title"),
    _LATEST.c.sent_on.label("day"),
    cast(null(), UtcDateTime).label("added_at"),
    _OPENED.label("opened"),
    _WAITS.label("waits"),
)
_documents = (
    select(
        literal(_DOCUMENT).label("what"),
        Document.id,
        Document.title,
        Document.published_on.label("day"),
        Document.added_at,
        literal(0).label("opened"),
        literal(False).label("waits"),
    )
    .where(library.FOR_FAMILY)
    .order_by(Document.published_on.desc().nulls_last(), Document.id.desc())
    .limit(MOST)
    .subquery()
)
_together = union_all(_MESSAGES, select(*_documents.c)).subquery()
_GIVEN = select(*_together.c).order_by(
    _together.c.what, _together.c.day.desc().nulls_last(), _together.c.id.desc()
)


class GivenMessage(NamedTuple):
    """A message in their inbox."""

    number: int
    subject: str
    sent_on: date
    # How many of their guardians have opened it.
    opened: int
    # Whether they wrote last.
    waits: bool


class GivenDocument(NamedTuple):
    """A document in their library."""

    number: int
    title: str
    day: date | None


class Given(NamedTuple):
    """The latest of each, the latest first."""

    messages: list[GivenMessage]
    documents: list[GivenDocument]


def read(family_id: int) -> Given:
    """Read what the family reads today."""
    given = Given([], [])
    for what, number, title, day, added_at, opened, waits in db.rows(
        _GIVEN, family_id=family_id, today=today()
    ):
        if what == _MESSAGE:
            given.messages.append(GivenMessage(number, title, day, opened, waits))
        else:
            given.documents.append(GivenDocument(number, title, day or _day(added_at)))
    return given


def _day(at: datetime | None) -> date | None:
    return day_of(at) if at else None
