"""What keeps the portal running: the mail queue, the jobs, the journal, the throttle."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, only
from app.models.families import choice


class MailState(StrEnum):
    """Where a mail of the queue stands. All but the first two are final."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    NO_ADDRESS = "no_address"
    LIMITED = "limited"
    REFUSED = "refused"
    ABANDONED = "abandoned"


class OutboxMail(Base):
    """A mail to make and send: who and what, never its text nor its secret."""

    __tablename__ = "outbox_mail"
    # The town hall narrows its list by kind and by day.
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "kind"),
        Index(None, "created_at"),
        # Most have left: the others are found past them by whatever says `state <> 'sent'`.
        Index(
            "ix_outbox_mail_not_sent",
            "state",
            "created_at",
            "id",
            **only("state <> 'sent'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Name of the folder of its templates.
    kind: Mapped[str] = mapped_column(String(40))
    # As the visitor typed it, digits only: whether it exists is found out at delivery.
    identifier: Mapped[str] = mapped_column(String(20), index=True)
    # Where to, when not to the guardian's own address: one still unconfirmed, or one left.
    address: Mapped[str] = mapped_column(String(254), default="", server_default="")
    context: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # Sent on purpose: outside the limits that protect parents from strangers.
    by_town_hall: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When to send it; while SENDING, when its sender counts as dead.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The latest one says when a mail was taken last.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class RefusedAddress(Base):
    """An address whose server sends our mails back, until its owner proves it or time goes by."""

    __tablename__ = "refused_address"

    # As the guardian's file has it: another address there is not refused.
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # What to do about it, for the town hall.
    reason: Mapped[str] = mapped_column(String(500))


class JobState(StrEnum):
    """Where a job stands. The last two are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Something to do when no visitor waits."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    # What is to be done once, whoever asks for it: the purge of one night.
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    # What it is about, by internal numbers: never a secret, nor what a parent wrote.
    payload: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    # How far it is, of how many steps; 0 of 0 when it does not say.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When to do it; while RUNNING, when who does it counts as dead.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class JournalEntry(Base):
    """Who did what, when: what the town must be able to answer for."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        # Most are of no family: an index of those would be thought to lead to half of the rows.
        Index(
            None,
            "family_id",
            **only("family_id IS NOT NULL"),
        ),
        # Of the imports, few among all that happens.
        Index(
            "ix_journal_entry_import",
            "at",
            **only("event = 'import'"),
        ),
        # By kind, and by who acted for the town: what parents do is most of it, and stays out.
        Index(None, "event", "at"),
        Index(
            "ix_journal_entry_by_town",
            "clerk_id",
            "at",
            **only("acted_by != ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(40))
    # Whose account it is about.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    # Whose file it is about, when that is of the whole family.
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"))
    # Who at the town hall acted, by name; empty for a family.
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    # The same, when they are signed in: two may have one name.
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerk_account.id"))
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(32), default="")
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class Throttle(Base):
    """A counter of failures, shared by all workers and kept over restarts."""

    __tablename__ = "throttle"

    # Compared byte by byte, so that whatever begins alike is found by the key.
    key: Mapped[str] = mapped_column(
        String(100).with_variant(String(100, collation="C"), "postgresql"), primary_key=True
    )
    count: Mapped[int] = mapped_column(default=0)
    # Nothing is tried again before this.
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the count starts anew, and the row may be purged.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
