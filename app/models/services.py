"""What the town offers children day by day (« services »), and the calendar that it follows."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import Late, LinkKind, ServiceKind, ServiceMode, SpanKind, Waiting
from app.db import Base, UtcDateTime, new_public_id
from app.models.families import choice


class DayState(StrEnum):
    """What an exception makes of a day."""

    OPEN = "open"
    CLOSED = "closed"


class Service(Base):
    """A canteen, a garderie: its days, its hours, its limits."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("weekdays BETWEEN 0 AND 127", name="weekdays"),
        CheckConstraint("starts_at BETWEEN 0 AND 1440", name="starts_at"),
        CheckConstraint("ends_at BETWEEN 0 AND 1440", name="ends_at"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("due_absences >= 0", name="due_absences"),
        CheckConstraint("proof_hours >= 1", name="proof_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[ServiceKind] = mapped_column(choice(ServiceKind, "kind"))
    # Who runs it, when the town does not.
    operator: Mapped[str] = mapped_column(String(100), default="")
    # Services are listed in this order, then by number.
    position: Mapped[int] = mapped_column(default=0)
    # In minutes from midnight, by the town's clock.
    starts_at: Mapped[int | None]
    ends_at: Mapped[int | None]
    # A bit a day: 1 for Monday, 64 for Sunday.
    weekdays: Mapped[int]
    in_terms: Mapped[bool] = mapped_column(default=True)
    in_holidays: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[ServiceMode] = mapped_column(choice(ServiceMode, "mode"), default=ServiceMode.DAYS)
    # None: as many as come.
    capacity: Mapped[int | None]
    waiting: Mapped[Waiting] = mapped_column(choice(Waiting, "waiting"), default=Waiting.NONE)
    # As app/services/bookings/judge/rules.py reads and writes them. Without one there is no
    # limit to book; one cancels as one books; and no absence is declared past that.
    book_rule: Mapped[str] = mapped_column(String(200), default="")
    cancel_rule: Mapped[str] = mapped_column(String(200), default="")
    absence_rule: Mapped[str] = mapped_column(String(200), default="")
    # A limit on a day that nobody works comes before it (« avancer »).
    shift: Mapped[bool] = mapped_column(default=False)
    late: Mapped[Late] = mapped_column(choice(Late, "late"), default=Late.REFUSE)
    # Of absences declared in a row, so many are due and those that follow are not; None: all are.
    due_absences: Mapped[int | None]
    # Hours that a family has to prove an absence, which then is not due; None: nothing proves it.
    proof_hours: Mapped[int | None]
    # From when on one may book.
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceGroup(Base):
    """The youngest of a canteen, those of one school: how many places they have.

    A child is in the first that takes its school and its class, unless its enrolment says which.
    """

    __tablename__ = "service_group"
    __table_args__ = (
        UniqueConstraint("service_id", "name"),
        CheckConstraint("capacity >= 1", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str] = mapped_column(String(100))
    capacity: Mapped[int]
    # As children's files name them; none are all.
    schools: Mapped[list[str]] = mapped_column(JSON, default=list)
    classes: Mapped[list[str]] = mapped_column(JSON, default=list)


class ServiceLink(Base):
    """What a service says of another one; nothing comes round to itself."""

    __tablename__ = "service_link"
    __table_args__ = (CheckConstraint("service_id <> other_id", name="two"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind, "kind"))


class CalendarSpan(Base):
    """Days of the town's calendar that are not as others are, both ends among them."""

    __tablename__ = "calendar_span"
    __table_args__ = (
        CheckConstraint("first <= last", name="days"),
        Index(None, "kind", "first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SpanKind] = mapped_column(choice(SpanKind, "kind"))
    first: Mapped[date]
    last: Mapped[date]
    name: Mapped[str] = mapped_column(String(100))
    # Of the school holidays: A, B or C; empty when the town knows better.
    zone: Mapped[str] = mapped_column(String(20), default="")
    # Where it is from, in words; empty when somebody of the town typed it.
    source: Mapped[str] = mapped_column(String(100), default="")
    # Until then it is offered, and closes nothing.
    confirmed: Mapped[bool] = mapped_column(default=True)


class Closing(Base):
    """Services that the town closed on some days, in one act (« fermeture »)."""

    __tablename__ = "closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Who closed them, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
    # What and when, as it was said: « Cantine, lundi 30 novembre 2026 ».
    words: Mapped[str] = mapped_column(String(500))
    first: Mapped[date]
    last: Mapped[date]
    # Why, as families read it.
    reason: Mapped[str] = mapped_column(String(200))
    # What it took away.
    meals: Mapped[int] = mapped_column(default=0)
    children: Mapped[int] = mapped_column(default=0)
    families: Mapped[int] = mapped_column(default=0)
    # What told the families; none where nobody had booked.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    # When nothing of it was left to take away, and families were written to; until then it goes on.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When all of it was open again.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceDay(Base):
    """A day on which a service is not as the calendar says, for all or for a school alone."""

    __tablename__ = "service_day"
    __table_args__ = (
        UniqueConstraint("service_id", "day", "school"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    day: Mapped[date]
    # As children's files name it; empty for all of them. One is closed, and never opened, alone.
    school: Mapped[str] = mapped_column(String(100), default="", server_default="")
    state: Mapped[DayState] = mapped_column(choice(DayState, "state"))
    # None: as many as on other days.
    capacity: Mapped[int | None]
    # What families read.
    reason: Mapped[str] = mapped_column(String(200), default="")
    # The act that closed it.
    closing_id: Mapped[int | None] = mapped_column(ForeignKey("closing.id"), index=True)
