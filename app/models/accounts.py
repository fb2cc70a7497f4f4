"""What lets a guardian in: the account, its sessions, its temporary passwords, its address."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UtcDateTime, only
from app.models.families import Guardian


class Account(Base):
    """A guardian's access; `identifier` is the « identifiant » that parents type."""

    __tablename__ = "account"
    __table_args__ = (
        # Of those who were invited and never came.
        Index(
            "ix_account_invited_at",
            "invited_at",
            "invitations",
            **only("password_hash IS NULL AND invited_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id"), unique=True)
    identifier: Mapped[str] = mapped_column(String(20), unique=True)
    # None until the parent has chosen a password: nothing signs in by itself.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the town hall last had an invitation leave; None when it never did.
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How many times it did.
    invitations: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the town hall closed it by itself: no import opens it again.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Which mails this parent wants, besides those about their own access.
    mail_messages: Mapped[bool] = mapped_column(default=True, server_default=true())
    mail_invoices: Mapped[bool] = mapped_column(default=True, server_default=true())
    mail_requests: Mapped[bool] = mapped_column(default=True, server_default=true())
    mail_reminders: Mapped[bool] = mapped_column(default=True, server_default=true())

    guardian: Mapped[Guardian] = relationship()


class AccountSession(Base):
    """A signed-in device. The cookie holds the random key, the database only its hash."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TemporaryPassword(Base):
    """A secret that a mail or a letter carried, good once. Only its keyed hash is kept."""

    __tablename__ = "temporary_password"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whether it is a code that somebody reads on paper and types: shorter, and good for longer.
    by_letter: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Set when a password was chosen with it, or when it died with another event.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmailChange(Base):
    """A new e-mail address that waits for the link sent to it, for 24 hours."""

    __tablename__ = "email_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set when the link was used, or when another request or the parent put an end to it.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Draft(Base):
    """What was last sent to a form and not taken yet: the form shows it again.

    For the browser that sent it, while this account or this clerk is signed in there; never a
    password.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("account_id", "key", "page"),
        UniqueConstraint("clerk_id", "key", "page"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # One of the two is whose it is.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerk_account.id"))
    # What the browser's cookie holds.
    key: Mapped[str] = mapped_column(String(32))
    # The path of the page where the form stands.
    page: Mapped[str] = mapped_column(String(200))
    # The fields as they were filled in, and what was said of them.
    content: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
