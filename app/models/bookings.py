"""What children may come to, day by day (« cantine, garderie »), and what was booked of it.

Nothing of a booking is deleted while its day may be spoken of: one that is cancelled stays, with
all that happened to it.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import AbsenceReason, BookingOrigin, BookingState, CustodyPattern
from app.db import Base, UtcDateTime, new_public_id
from app.models.families import choice

# Those that count in `Place.taken`.
HOLDING = (BookingState.BOOKED, BookingState.OFFERED, BookingState.ABSENT)


class BookingEventKind(StrEnum):
    """What happened to a booking."""

    BOOKED = "booked"
    WAITED = "waited"
    OFFERED = "offered"
    PROMOTED = "promoted"
    # An offer that nobody answered.
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    ABSENCE = "absence"
    CLOSED = "closed"
    REOPENED = "reopened"
    IMPORTED = "imported"
    # By the town hall, whatever it was.
    CORRECTED = "corrected"


class Enrolment(Base):
    """Which child may book a service, from when to when, and which family does (« inscription »).

    Both ends are among its days; without a last day it goes on.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("child_id", "service_id", "family_id", "first"),
        CheckConstraint("last IS NULL OR first <= last", name="days"),
        Index(None, "family_id", "service_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    first: Mapped[date]
    last: Mapped[date | None]
    # Where the town says so; else it follows from the school and the class.
    group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))


class Custody(Base):
    """Which weeks a home has a child; without a row, all of them.

    It books and pays those. Each home of the child has a row of its own.
    """

    __tablename__ = "custody"
    __table_args__ = (CheckConstraint("handover BETWEEN 0 AND 6", name="handover"),)

    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True, index=True)
    pattern: Mapped[CustodyPattern] = mapped_column(choice(CustodyPattern, "pattern"))
    # The day of the week on which a week of theirs begins: 0 for Monday.
    handover: Mapped[int] = mapped_column(default=0)
    # A day of one of their weeks, which every other one is counted from.
    anchor: Mapped[date]


class Place(Base):
    """How many places a service has on a day, and how many are taken: whoever books locks it.

    Only where a capacity is set. `taken` is the number of bookings that hold one.
    """

    __tablename__ = "place"
    __table_args__ = (CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    # Of a group that has places of its own; 0 is those who are in none.
    group_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    day: Mapped[date] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class Booking(Base):
    """A child's day at a service (« réservation »)."""

    __tablename__ = "booking"
    __table_args__ = (
        # One meal a day, whoever books it.
        UniqueConstraint("child_id", "day", "service_id"),
        Index(None, "family_id", "day"),
        Index(None, "service_id", "day", "state"),
        # Who comes on a day is read there alone; what is over is found by it.
        Index(None, "day", "service_id", "state", "child_id", "late", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    day: Mapped[date]
    # Who booked it, and pays.
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    state: Mapped[BookingState] = mapped_column(choice(BookingState, "state"))
    origin: Mapped[BookingOrigin] = mapped_column(choice(BookingOrigin, "origin"))
    # In whose places it counts: a group's, or 0 for those of the service itself.
    group_id: Mapped[int] = mapped_column(default=0, server_default="0")
    # Past the limit, at the price of that.
    late: Mapped[bool] = mapped_column(default=False)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # One more at each change: whoever looked at another one is told.
    version: Mapped[int] = mapped_column(default=1)


class BookingBatch(Base):
    """What was saved at once: one act, one mail, one line of history."""

    __tablename__ = "booking_batch"
    __table_args__ = (Index(None, "family_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    # None when the town hall acted; then who did, by name, which families do not see.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    acted_by: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Names a sending, so that a double click saves once.
    sending_key: Mapped[str] = mapped_column(String(32), unique=True)
    # Of what was ticked or unticked, without what came along.
    added: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    # Days on which a child does not come after all, and why; None where none was declared.
    absent: Mapped[int] = mapped_column(default=0, server_default="0")
    absence_reason: Mapped[AbsenceReason | None] = mapped_column(
        choice(AbsenceReason, "absence_reason")
    )


class BookingEvent(Base):
    """A dated line of a booking's history, told to the family that had it then.

    Who acted is told by its batch; without one it followed from what somebody else did: a place
    came free, the day was closed.
    """

    __tablename__ = "booking_event"
    __table_args__ = (Index(None, "family_id", "at"), Index(None, "booking_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    # A day that one home of a child cancels may be booked by the other.
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("booking_batch.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[BookingEventKind] = mapped_column(choice(BookingEventKind, "kind"))
    # None before the first.
    old: Mapped[BookingState | None] = mapped_column(choice(BookingState, "old"))
    new: Mapped[BookingState] = mapped_column(choice(BookingState, "new"))
    # What was said that day, word for word.
    sentence: Mapped[str] = mapped_column(Text, default="")
    # It was booked so, past its limit: the booking itself tells only how it stands now.
    late: Mapped[bool] = mapped_column(default=False, server_default=false())


class BookingRefusal(Base):
    """A day that could not be saved with the others of its batch, and what was said of it."""

    __tablename__ = "booking_refusal"
    __table_args__ = (Index(None, "family_id", "day"), Index(None, "child_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("booking_batch.id"), index=True)
    # Who asked: an index finds their history.
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    day: Mapped[date]
    # What the day was to become.
    asked: Mapped[BookingState] = mapped_column(choice(BookingState, "asked"))
    sentence: Mapped[str] = mapped_column(Text)
