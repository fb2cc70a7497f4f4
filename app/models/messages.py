"""What the town hall hands over to read: messages and documents."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, new_public_id


class Message(Base):
    """A message in the inbox of one family, or of every family when `family_id` is None."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"), index=True)
    sent_on: Mapped[date]
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


class MessageRead(Base):
    """The read mark of a family: each guardian reads for themselves."""

    __tablename__ = "message_read"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Document(Base):
    """A file to download, for one family, or for every family when `family_id` is None."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(100), default="")
    published_on: Mapped[date | None]
    # Name of the file in the instance's documents/ folder.
    file: Mapped[str] = mapped_column(String(100))
