"""The week that a child has most often, as its family said it (« semaine type »)."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import WeekParity
from app.db import Base
from app.models.families import choice


class TypicalDay(Base):
    """A service, on a day of the week of a child; each home of the child says its own."""

    __tablename__ = "typical_day"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)
    parity: Mapped[WeekParity] = mapped_column(choice(WeekParity, "parity"), primary_key=True)
    # 0 for Monday.
    weekday: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
