"""What the two homes of a child agree on: in which weeks each has it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import CustodyPattern
from app.db import Base, UtcDateTime, new_public_id
from app.models.families import choice


class CustodyProposal(Base):
    """The weeks that one home proposes for itself, until the other one answers: one a child."""

    __tablename__ = "custody_proposal"
    __table_args__ = (CheckConstraint("handover BETWEEN 0 AND 6", name="handover"),)

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    # Whose weeks these would be: the home that proposes them.
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    pattern: Mapped[CustodyPattern] = mapped_column(choice(CustodyPattern, "pattern"))
    handover: Mapped[int]
    anchor: Mapped[date]
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CustodyDay(Base):
    """A day that is of one home whatever the week: another one left it to it."""

    __tablename__ = "custody_day"

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    # Who has it.
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
