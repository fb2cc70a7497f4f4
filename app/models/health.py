"""What a child’s health asks of whoever feeds and minds them (« PAI, allergie, régime »)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import HealthKind
from app.db import Base, UtcDateTime
from app.models.families import choice


class HealthMark(Base):
    """A few words for the staff of a service, until a day; they go the night after it."""

    __tablename__ = "health_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[HealthKind] = mapped_column(choice(HealthKind, "kind"))
    words: Mapped[str] = mapped_column(String(100))
    # The last day on which they are shown.
    until: Mapped[date] = mapped_column(index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who of the town hall, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
