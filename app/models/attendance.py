"""Who was there: what was seen of a day, whatever had been booked (« pointage »)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import AttendanceState
from app.db import Base, UtcDateTime
from app.models.families import choice


class Attendance(Base):
    """What was seen of a child at a service; without a booking, « non réservé »."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("child_id", "service_id", "day"),
        CheckConstraint("arrived_at BETWEEN 0 AND 1439", name="arrived_at"),
        CheckConstraint("left_at BETWEEN 0 AND 1439", name="left_at"),
        Index(None, "service_id", "day"),
        # What is over is found by it.
        Index(None, "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    day: Mapped[date]
    state: Mapped[AttendanceState] = mapped_column(choice(AttendanceState, "state"))
    # In minutes from midnight, by the town's clock.
    arrived_at: Mapped[int | None]
    left_at: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of the page that was pressed last: a button pressed twice there acts once.
    client_key: Mapped[str] = mapped_column(String(32))
    # When the family was told of a presence that it had not booked.
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
