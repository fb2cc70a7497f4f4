"""What was ordered of whoever cooks, as it was on that hour (« commande »)."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class MealOrder(Base):
    """The figures of a service and a day, as they were sent; the latest one counts."""

    __tablename__ = "meal_order"
    __table_args__ = (
        Index(None, "service_id", "day"),
        # What is over is found by it.
        Index(None, "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who of the town hall, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
    # Whom it was sent to.
    address: Mapped[str] = mapped_column(String(254))
    total: Mapped[int]
    # How many of each school.
    schools: Mapped[dict[str, int]] = mapped_column(JSON)
    # How many of each group; none where the service had none.
    groups: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    # How many whose health asks each thing, in its words.
    needs: Mapped[dict[str, int]] = mapped_column(JSON)
