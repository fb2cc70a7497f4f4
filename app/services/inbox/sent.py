"""What the town hall wrote to families: the list, and who has opened a message."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    select,
    true,
)

from app import db
from app.formats import NBSP
from app.models import (
    Account,
    Family,
    Folder,
    Guardian,
    Message,
    MessageAttachment,
    MessageMark,
    MessageReply,
    MessageSending,
)
from app.paging import Asked, Page, page_number
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile
from app.services.inbox import composing
from app.services.inbox.composing import Draft
from app.services.inbox.reading import Attachment
from app.services.targets.kinds import IN_FRENCH, Target, TargetKind

# Of each, those who have opened it are counted.
PAGE_SIZE = 20

_IDS: BindParameter[int] = bindparam("messages", expanding=True)
_WAITS = MessageReply.waits_since.is_not(None)
_OPENED = (
    select(MessageMark.message_id, func.count())
    .where(MessageMark.message_id.in_(_IDS), MessageMark.read_at.is_not(None))
    .group_by(MessageMark.message_id)
)
_WAITING = (
    select(MessageReply.message_id, func.count())
    .where(MessageReply.message_id.in_(_IDS), _WAITS)
    .group_by(MessageReply.message_id)
)
_LINES = (
    select(
        Message.id,
        Message.subject,
        Message.sent_on,
        Message.unsent,
        Message.withdrawn_at,
        Family.number,
        MessageSending.target_words,
        MessageSending.parents,
        MessageSending.due_at,
        MessageSending.acted_by,
        MessageSending.target,
        Message.corrected_at,
    )
    .outerjoin(MessageSending, MessageSending.message_id == Message.id)
    .outerjoin(Family, Family.id == Message.family_id)
    # Files give theirs in any order.
    .order_by(Message.sent_on.desc(), Message.id.desc())
)
_LINE = _LINES.where(Message.id == bindparam("number")).add_columns(
    select(func.count())
    .where(MessageMark.message_id == Message.id, MessageMark.read_at.is_not(None))
    .scalar_subquery()
)
# A draft that was thrown away is nothing to anybody.
_SHOWN = ~(Message.unsent & Message.withdrawn_at.is_not(None))
STATES: dict[str, tuple[str, ColumnElement[bool]]] = {
    "attendent": (
        "Attendent une réponse",
        Message.withdrawn_at.is_(None)
        & exists().where(MessageReply.message_id == Message.id, _WAITS),
    ),
    "brouillons": ("Brouillons, et à leur heure", Message.unsent.is_(true())),
    "retires": ("Retirés", Message.withdrawn_at.is_not(None)),
}
_NOT_YET = (
    select(Family.id, Family.number, Guardian.first_name, Guardian.last_name)
    .join(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .outerjoin(
        MessageMark,
        (MessageMark.account_id == Account.id) & (MessageMark.message_id == bindparam("number")),
    )
    .where(MessageMark.read_at.is_(None))
    .order_by(Family.folded_name, Family.id, Guardian.rank)
)
_ATTACHMENTS = (
    select(
        MessageAttachment.public_id,
        MessageAttachment.title,
        MessageAttachment.file,
        MessageAttachment.file_size,
    )
    .where(MessageAttachment.message_id == bindparam("number"))
    .order_by(MessageAttachment.id)
)


class SentLine(NamedTuple):
    """A message in the list of the town hall."""

    number: int
    subject: str
    sent_on: date
    unsent: bool
    withdrawn_at: datetime | None
    family_number: str | None
    target_words: str | None
    # How many guardians it was sent to; None for what the town's software brought.
    parents: int | None
    # When it leaves, or left; None for a draft.
    due_at: datetime | None
    acted_by: str | None
    target: dict[str, Any] | None
    corrected_at: datetime | None
    opened: int = 0
    # Families that wait for an answer to it.
    waiting: int = 0

    @property
    def to_whom(self) -> str:
        """Say whom it is for, in the words that were true then."""
        if self.target_words:
            return self.target_words
        if self.family_number:
            return f"Famille n°{NBSP}{self.family_number}"
        return IN_FRENCH[TargetKind.EVERYBODY]

    @property
    def addressed(self) -> Target:
        """Return whom it was written to on screen; what the software brought was for all or one."""
        return Target() if self.target is None else Target.read(self.target)

    @property
    def is_draft(self) -> bool:
        """Tell whether nobody sent it."""
        return self.unsent and self.due_at is None


class NotYet(NamedTuple):
    """A parent who has not opened a message."""

    family_id: int
    family_number: str
    first_name: str
    last_name: str


def listed(asked: Asked) -> Page[SentLine]:
    """List what the town hall wrote, the latest first."""
    _, condition = STATES.get(asked.filters.get("etat", ""), ("", _SHOWN))
    page = db.page(_LINES.where(condition, _SHOWN), asked.page, PAGE_SIZE).of(SentLine)
    ids = [each.number for each in page.items]
    opened, waiting = (_counted(each, ids) for each in (_OPENED, _WAITING))
    lines = [
        each._replace(opened=opened.get(each.number, 0), waiting=waiting.get(each.number, 0))
        for each in page.items
    ]
    return Page(lines, page.number, page.total, page.size)


def line(number: int) -> SentLine | None:
    """Return one of them, with how many have opened it."""
    found = db.rows(_LINE, number=number)
    return SentLine(*found[0]) if found else None


def not_yet(number: int, asked_page: str) -> Page[NotYet]:
    """List the parents who have not opened a message, by the name of their family."""
    message = db.session().get_one(Message, number)
    theirs = _NOT_YET.where(composing.families_of(message))
    return db.page(theirs, asked_page, number=number).of(NotYet)


def recipients(draft: Draft, asked_page: str, size: int) -> Page[int]:
    """List the families that a draft is for, by their names."""
    total = draft.reach.families
    page = page_number(asked_page, total, size)
    theirs = select(Family.id).where(draft.families).order_by(Family.folded_name, Family.id)
    found = db.rows(theirs.limit(size).offset((page - 1) * size))
    return Page([row[0] for row in found], page, total, size)


def attachments(number: int) -> list[Attachment]:
    """List what is joined to a message."""
    return [
        Attachment(row.public_id, row.title, stored_files.describe(row.file, row.file_size))
        for row in db.rows(_ATTACHMENTS, number=number)
    ]


def attachment(number: int, public_id: str) -> FoundFile | None:
    """Find a file joined to a message."""
    wanted = _ATTACHMENTS.where(MessageAttachment.public_id == bindparam("public_id"))
    found = db.rows(wanted, number=number, public_id=public_id)
    return FoundFile(Folder.MESSAGES, found[0].file, found[0].title) if found else None


def _counted(statement: Select[int, int], ids: list[int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.rows(statement, messages=ids)}
