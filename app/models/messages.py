"""What the town hall hands over to read, and what families answer."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false, true
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, new_public_id
from app.formats import fold
from app.models.stored_files import Folder, StoredName

# Who writes when no service is named.
TOWN_HALL = "Mairie"


def folded_message(sender: str, subject: str, body: str) -> str:
    """Return what a search in the inbox goes through."""
    return fold(f"{sender or TOWN_HALL} {subject} {body}")


def _folded(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return folded_message(values.get("sender", ""), values["subject"], values["body"])


class Message(Base):
    """A message in the inbox of one family; without a `family_id`, of every one or of some."""

    __tablename__ = "message"
    # The town hall lists what everybody was sent, the latest first.
    __table_args__ = (Index(None, "sent_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"), index=True)
    sent_on: Mapped[date]
    # The service that writes, such as « Service enfance »; empty for the town hall at large.
    sender: Mapped[str] = mapped_column(String(100), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    # The three above as a search compares them; empty while an import has yet to fold them.
    folded: Mapped[str] = mapped_column(Text, default=_folded, server_default="")
    # Whether the town hall reads answers to it.
    answerable: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether those of MessageRecipient alone have it.
    for_some: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Written on screen, a draft or until its hour: no family has it yet.
    unsent: Mapped[bool] = mapped_column(default=False, server_default=false())
    # When the town hall took it back: no family has it any more, and no import brings it again.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it last wrote other words in it.
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageRecipient(Base):
    """A family that a message to some was sent to, as its target was that day."""

    __tablename__ = "message_recipient"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True, index=True)


class MessageSending(Base):
    """How a message written on screen is sent: to whom, when, by whom."""

    __tablename__ = "message_sending"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    # As its form shows it again; and in words, which stay.
    target: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    target_words: Mapped[str] = mapped_column(String(300))
    # How many guardians that was, when it was sent.
    parents: Mapped[int] = mapped_column(default=0)
    # Whether parents who want it get a mail.
    mails: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The hour chosen for it; None for at once.
    planned_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When families get it; None for a draft.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who wrote it, then who sent it, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
    # When those who had not opened it were last written to.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageAttachment(Base):
    """A file joined to a message."""

    __tablename__ = "message_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(StoredName(Folder.MESSAGES))
    # In bytes; None when nobody weighed it.
    file_size: Mapped[int | None]


class MessageReply(Base):
    """What a family answered to a message, or the town hall to that family: its thread."""

    __tablename__ = "message_reply"
    __table_args__ = (Index(None, "message_id", "family_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    # None when the town hall writes; then who did, by name, which families do not see.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # As long as a family wrote last: since then it waits for an answer.
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    body: Mapped[str] = mapped_column(Text)
    # Drawn with the form: a double click sends once.
    sending_key: Mapped[str] = mapped_column(
        String(32), unique=True, default=lambda: secrets.token_hex(16)
    )


class MessageMark(Base):
    """What one guardian did with a message: each reads and archives for themselves."""

    __tablename__ = "message_mark"
    # How many have read a message is counted in it.
    __table_args__ = (Index(None, "message_id", "read_at"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Document(Base):
    """A file to download, for one family; without a `family_id`, for every one or for some."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(100), default="")
    published_on: Mapped[date | None]
    # When the portal got it, for « nouveau »; None when it was there before the portal counted.
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file: Mapped[str] = mapped_column(StoredName(Folder.DOCUMENTS))
    # In bytes; None when nobody weighed it.
    file_size: Mapped[int | None]
    # When the town hall took it back: no family has it any more, and no import brings it again.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whether those of DocumentRecipient alone have it; and whom that was, in words.
    for_some: Mapped[bool] = mapped_column(default=False, server_default=false())
    target_words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    # The first and the last day that families have it; None for ever.
    shown_from: Mapped[date | None]
    shown_until: Mapped[date | None]
    # Who at the town hall gave it out on screen, by name.
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")


class DocumentRecipient(Base):
    """A family that a document for some is for, as its target was that day."""

    __tablename__ = "document_recipient"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True, index=True)
