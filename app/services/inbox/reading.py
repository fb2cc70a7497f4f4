"""One message, whole: its text, what is joined to it, and what was answered."""

from datetime import date, datetime
from pathlib import PurePath
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from app import db
from app.models import (
    FAMILY,
    Account,
    Folder,
    Guardian,
    Message,
    MessageAttachment,
    MessageMark,
    MessageReply,
)
from app.models.messages import TOWN_HALL
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile, StoredFile
from app.services.inbox import marking
from app.services.inbox.messages import FOR_FAMILY, MARKED

# How many other guardians of the family read the same thread.
_OTHERS = (
    select(func.count(Guardian.id) - 1)
    .where(Guardian.family_id == FAMILY, Guardian.rank.is_not(None))
    .scalar_subquery()
)
_MESSAGE = (
    select(
        Message.id,
        Message.public_id,
        Message.sender,
        Message.subject,
        Message.sent_on,
        Message.corrected_at,
        Message.body,
        Message.answerable,
        MessageMark.read_at,
        MessageMark.archived_at,
        _OTHERS.label("others"),
    )
    .outerjoin(MessageMark, MARKED)
    .where(FOR_FAMILY, Message.public_id == bindparam("public_id"))
)
_ATTACHMENTS = (
    select(
        MessageAttachment.public_id,
        MessageAttachment.title,
        MessageAttachment.file,
        MessageAttachment.file_size,
    )
    .where(MessageAttachment.message_id == bindparam("message_id"))
    .order_by(MessageAttachment.id)
)
_REPLIES = (
    select(
        MessageReply.account_id,
        Guardian.first_name,
        Guardian.last_name,
        MessageReply.written_at,
        MessageReply.body,
    )
    .outerjoin(Account, Account.id == MessageReply.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .where(MessageReply.message_id == bindparam("message_id"), MessageReply.family_id == FAMILY)
    .order_by(MessageReply.written_at, MessageReply.id)
)
_ATTACHMENT = (
    select(MessageAttachment.title, MessageAttachment.file)
    .join(Message, Message.id == MessageAttachment.message_id)
    .where(FOR_FAMILY, MessageAttachment.public_id == bindparam("public_id"))
)


class Attachment(NamedTuple):
    """A file joined to a message."""

    public_id: str
    title: str
    stored: StoredFile


class Reply(NamedTuple):
    """What somebody answered; without a name, the town hall."""

    name: str
    mine: bool
    written_at: datetime
    body: str


class OpenMessage(NamedTuple):
    """A message on its page."""

    public_id: str
    service: str
    subject: str
    sent_on: date
    corrected_at: datetime | None
    body: str
    answerable: bool
    archived: bool
    read_by_another: bool
    attachments: list[Attachment]
    replies: list[Reply]


def open_message(
    account: CurrentAccount, public_id: str, *, read: bool = True
) -> OpenMessage | None:
    """Return a message of this family; mark it read, the first time this guardian reads it."""
    found = db.rows(
        _MESSAGE,
        family_id=account.family_id,
        account_id=account.account_id,
        public_id=public_id,
    )
    if not found:
        return None
    row = found[0]
    opened = OpenMessage(
        public_id=row.public_id,
        service=row.sender or TOWN_HALL,
        subject=row.subject,
        sent_on=row.sent_on,
        corrected_at=row.corrected_at,
        body=row.body,
        answerable=row.answerable,
        archived=row.archived_at is not None,
        read_by_another=row.others > 0,
        attachments=_attachments(row.id),
        replies=_replies(account, row.id),
    )
    if read and row.read_at is None:
        marking.mark_read(account, row.id)
    return opened


def attachment(account: CurrentAccount, public_id: str) -> FoundFile | None:
    """Find a file joined to a message of this family."""
    found = db.rows(_ATTACHMENT, family_id=account.family_id, public_id=public_id)
    if not found:
        return None
    return FoundFile(Folder.MESSAGES, found[0].file, PurePath(found[0].title).stem)


def _attachments(message_id: int) -> list[Attachment]:
    return [
        Attachment(row.public_id, row.title, stored_files.describe(row.file, row.file_size))
        for row in db.rows(_ATTACHMENTS, message_id=message_id)
    ]


def _replies(account: CurrentAccount, message_id: int) -> list[Reply]:
    found = db.rows(_REPLIES, message_id=message_id, family_id=account.family_id)
    return [
        Reply(
            name=f"{row.first_name} {row.last_name}".strip() if row.account_id else "",
            mine=row.account_id == account.account_id,
            written_at=row.written_at,
            body=row.body,
        )
        for row in found
    ]
