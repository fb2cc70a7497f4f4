"""What days cost, as the town says beforehand: families read estimates; its invoice counts."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Hundredths, UtcDateTime


class Tariff(Base):
    """What a day of a service costs some families (« tarif »), from when to when.

    Of several that fit, the one of the narrowest rank, then of the highest band counts.
    """

    __tablename__ = "tariff"
    __table_args__ = (
        CheckConstraint("last IS NULL OR first <= last", name="days"),
        CheckConstraint("qf_max IS NULL OR coalesce(qf_min, 0) <= qf_max", name="band"),
        CheckConstraint("rank >= 1", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    first: Mapped[date]
    last: Mapped[date | None]
    # The band of quotients: None for no bound.
    qf_min: Mapped[Decimal | None] = mapped_column(Hundredths)
    qf_max: Mapped[Decimal | None] = mapped_column(Hundredths)
    # Of families that do not live in the town.
    outside: Mapped[bool] = mapped_column(default=False)
    # From this child of the family on, in the order of their birth; None for each.
    rank: Mapped[int | None]
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    # Booked past the limit, not booked, not there: None when it is the same.
    late_amount: Mapped[Decimal | None] = mapped_column(Hundredths)
    unbooked_amount: Mapped[Decimal | None] = mapped_column(Hundredths)
    absent_amount: Mapped[Decimal | None] = mapped_column(Hundredths)
    # What it costs the town.
    cost_price: Mapped[Decimal | None] = mapped_column(Hundredths)


class Quotient(Base):
    """A family's « quotient familial », and whether it lives elsewhere, from when to when.

    It tells what a home earns: no screen of the town hall shows it.
    """

    __tablename__ = "quotient"
    __table_args__ = (
        UniqueConstraint("family_id", "first"),
        CheckConstraint("last IS NULL OR first <= last", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    first: Mapped[date]
    last: Mapped[date | None]
    # None when the family gave none.
    value: Mapped[Decimal | None] = mapped_column(Hundredths)
    outside: Mapped[bool] = mapped_column(default=False)
    # Where it is from, in words.
    source: Mapped[str] = mapped_column(String(100), default="")


class InvoicedMonth(Base):
    """A month that the town has invoiced: nothing of it changes here any more.

    Those before it are over as well.
    """

    __tablename__ = "invoiced_month"

    # Its first day.
    month: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who said so, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
