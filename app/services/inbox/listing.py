"""The list of messages: all, unread or archived, and those that hold some words."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, bindparam, false, func, literal_column, select

from app import db
from app.formats import day_of, fold, town_zone
from app.models import FAMILY, Message, MessageAttachment, MessageMark, MessageReply
from app.models.messages import TOWN_HALL
from app.paging import PAGE_SIZE, Page, page_number
from app.services.actors import CurrentAccount
from app.services.inbox.messages import FOR_FAMILY, IN_THE_INBOX, MARKED, UNREAD
from app.typed_text import one_line

# The views of the list, by the word of the address that asks for each.
EVERY_MESSAGE, ONLY_UNREAD, ARCHIVED = "tous", "non-lus", "archives"
MOST_WORDS = 6
LONGEST_SEARCH = 100
# The home page's block.
FEW = 3
ESCAPE = "\\"

# How many messages the account bound as `account_id`, of the family bound as `family_id`, has
# neither read nor archived; to be put in other statements.
UNREAD_COUNT = (
    select(func.count(Message.id))
    .outerjoin(MessageMark, MARKED)
    .where(FOR_FAMILY, UNREAD)
    .scalar_subquery()
)
_TOWN_AT = func.max(MessageReply.written_at).filter(MessageReply.account_id.is_(None))
_FAMILY_AT = func.max(MessageReply.written_at).filter(MessageReply.account_id.is_not(None))
_REPLIES = (
    select(
        MessageReply.message_id,
        func.coalesce(func.coalesce(_FAMILY_AT, _TOWN_AT) <= _TOWN_AT, false()).label("by_town"),
        _FAMILY_AT.is_not(None).label("by_family"),
        func.max(MessageReply.written_at).label("last_at"),
    )
    .where(MessageReply.family_id == FAMILY)
    .group_by(MessageReply.message_id)
    .subquery()
)
_ATTACHMENTS = (
    select(func.count(MessageAttachment.id))
    .where(MessageAttachment.message_id == Message.id)
    .scalar_subquery()
)
# The answers of a family to a message are few, and the last one has the last number.
_ANSWERED_AT = (
    select(MessageReply.written_at)
    .where(MessageReply.message_id == Message.id, MessageReply.family_id == FAMILY)
    .order_by(MessageReply.id.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
)
# An answer, whoever writes it, brings an old message back on top.
_DAY = func.coalesce(func.date(_REPLIES.c.last_at, type_=Date), Message.sent_on)
_VIEWS: dict[str, ColumnElement[bool]] = {
    EVERY_MESSAGE: IN_THE_INBOX,
    ONLY_UNREAD: UNREAD,
    ARCHIVED: MessageMark.archived_at.is_not(None),
}


_FEW: Select[*tuple[Any, ...]] = (
    select(
        Message.public_id,
        Message.subject,
        Message.sent_on,
        MessageMark.read_at.is_not(None),
        _ANSWERED_AT,
    )
    .outerjoin(MessageMark, MARKED)
    .where(FOR_FAMILY, IN_THE_INBOX)
    .order_by(
        func.coalesce(func.date(_ANSWERED_AT, type_=Date), Message.sent_on).desc(),
        Message.id.desc(),
    )
    .limit(literal_column(f"{FEW}"))
)


class LatestMessage(NamedTuple):
    """One of the few messages on top of the inbox."""

    public_id: str
    subject: str
    # When somebody last wrote.
    day: date
    read: bool


class MessageLine(NamedTuple):
    """A message in the list."""

    public_id: str
    sender: str
    subject: str
    # When somebody last wrote.
    day: date
    read: bool
    attachments: int
    # Whether it wrote last in the thread.
    answered_by_town: bool
    answered_by_family: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks to see of the list."""

    view: str = EVERY_MESSAGE
    search: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        """Take what nobody offers for what most people want; bound what is searched."""
        if self.view not in _VIEWS:
            object.__setattr__(self, "view", EVERY_MESSAGE)
        object.__setattr__(self, "search", one_line(self.search)[:LONGEST_SEARCH].rstrip())

    @property
    def words(self) -> list[str]:
        """Return what every message shown must hold."""
        return fold(self.search).split()[:MOST_WORDS]


def page(account: CurrentAccount, asked: Wanted) -> Page[MessageLine]:
    """Return the messages that an address asks for, the newest first, in two statements."""
    view, words = asked.view, asked.words
    parameters = {
        "family_id": account.family_id,
        "account_id": account.account_id,
        **{f"word_{number}": _pattern(word) for number, word in enumerate(words)},
    }
    [(total,)] = db.rows(_count(view, len(words)), **parameters)
    number = page_number(asked.page, total)
    lines = _read(
        _lines(view, len(words)), start=(number - 1) * PAGE_SIZE, size=PAGE_SIZE, **parameters
    )
    return Page(lines, number, total)


def latest(account: CurrentAccount) -> list[LatestMessage]:
    """Return the few messages on top of the inbox, in one statement."""
    zone = town_zone()
    found = db.rows(_FEW, family_id=account.family_id, account_id=account.account_id)
    return [
        LatestMessage(public_id, subject, day_of(at, zone) if at else sent_on, read)
        for public_id, subject, sent_on, read, at in found
    ]


def _read(statement: Select[*tuple[Any, ...]], **parameters: object) -> list[MessageLine]:
    zone = town_zone()
    return [
        MessageLine(
            public_id,
            sender or TOWN_HALL,
            subject,
            day_of(answered_at, zone) if answered_at else sent_on,
            *read_and_answered,
        )
        for public_id, sender, subject, sent_on, answered_at, *read_and_answered in db.rows(
            statement, **parameters
        )
    ]


@cache
def _lines(view: str, words: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message.public_id,
            Message.sender,
            Message.subject,
            Message.sent_on,
            _REPLIES.c.last_at,
            MessageMark.read_at.is_not(None),
            _ATTACHMENTS,
            _REPLIES.c.by_town,
            _REPLIES.c.by_family,
        )
        .outerjoin(MessageMark, MARKED)
        .outerjoin(_REPLIES, _REPLIES.c.message_id == Message.id)
        .where(FOR_FAMILY, _VIEWS[view], *_holds(words))
        .order_by(_DAY.desc(), Message.id.desc())
        .limit(bindparam("size"))
        .offset(bindparam("start"))
    )


@cache
def _count(view: str, words: int) -> Select[*tuple[Any, ...]]:
    return (
        select(func.count(Message.id))
        .outerjoin(MessageMark, MARKED)
        .where(FOR_FAMILY, _VIEWS[view], *_holds(words))
    )


def _holds(words: int) -> list[ColumnElement[bool]]:
    names = [f"word_{number}" for number in range(words)]
    return [Message.folded.like(bindparam(name), escape=ESCAPE) for name in names]


def _pattern(word: str) -> str:
    """Take % and _ for what they are."""
    for special in (ESCAPE, "%", "_"):
        word = word.replace(special, ESCAPE + special)
    return f"%{word}%"
