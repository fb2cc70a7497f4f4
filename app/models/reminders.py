"""Of which weeks families were reminded, and of which they want to hear no more."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime
from app.models.families import choice


class ReminderKind(StrEnum):
    """How near the limit was."""

    FIRST = "first"
    LAST = "last"


class ReminderSent(Base):
    """A parent was reminded of a service in a week, by its Monday: once of each kind."""

    __tablename__ = "reminder_sent"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
    monday: Mapped[date] = mapped_column(primary_key=True, index=True)
    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind, "kind"), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class QuietWeek(Base):
    """A week of which a family said that nothing is missing (« c’est voulu »)."""

    __tablename__ = "quiet_week"

    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True)
    monday: Mapped[date] = mapped_column(primary_key=True, index=True)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
