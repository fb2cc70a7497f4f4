"""Who works at the town hall: their accounts and their sessions, apart from those of parents."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime
from app.models.families import choice


class SecondFactor(StrEnum):
    """What a clerk gives besides the password."""

    APPLICATION = "application"
    MAIL = "mail"


class ClerkNews(StrEnum):
    """What somebody of the town hall may be told of by mail."""

    NEW_REQUEST = "new_request"
    LATE_REQUEST = "late_request"
    FAILED_MAIL = "failed_mail"


class Told(StrEnum):
    """When they are."""

    AT_ONCE = "at_once"
    MORNING = "morning"
    NEVER = "never"


class ClerkAccount(Base):
    """The access of somebody at the town hall."""

    __tablename__ = "clerk_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    # In the addresses of screens.
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    # Folded: an address has no capitals here.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    # By the names of app.services.clerks.rights.Role; they add up.
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    # None until the invitation was taken.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None until it was chosen: then nobody signs in.
    second_factor: Mapped[SecondFactor | None] = mapped_column(
        choice(SecondFactor, "second_factor")
    )
    second_factor_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the links sent by mail: another makes them all void.
    link_salt: Mapped[str] = mapped_column(String(32))
    # What codes are drawn from (tokens.second_factors), sealed.
    secret: Mapped[str] = mapped_column(String(200), default="")
    # Which list of spare codes, and the places of those that served in it.
    spare_edition: Mapped[int] = mapped_column(default=1)
    spare_used: Mapped[list[int]] = mapped_column(JSON, default=list)
    # The last step of the application's clock that let in: each serves once.
    last_step: Mapped[int] = mapped_column(default=0)
    # Whether keys act by themselves on their screens.
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClerkWish(Base):
    """When a clerk is told of one sort of news, and until when they were."""

    __tablename__ = "clerk_wish"

    clerk_id: Mapped[int] = mapped_column(ForeignKey("clerk_account.id"), primary_key=True)
    news: Mapped[ClerkNews] = mapped_column(choice(ClerkNews, "news"), primary_key=True)
    # None for what is usual for their roles, which may change.
    told: Mapped[Told | None] = mapped_column(choice(Told, "told"))
    # What came before then was told, or is no news for them; None before the first time.
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClerkService(Base):
    """A service that a clerk works for: without any, for all of them."""

    __tablename__ = "clerk_service"

    clerk_id: Mapped[int] = mapped_column(ForeignKey("clerk_account.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)


class ClerkSession(Base):
    """A browser where a clerk is signed in; only the hash of its key is kept."""

    __tablename__ = "clerk_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("clerk_account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the password was last given there.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The request that was opened there last, and when. A number alone: what is erased has no
    # reader, and nothing to be mended here.
    request_opened: Mapped[int | None]
    request_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
