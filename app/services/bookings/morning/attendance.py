"""Who is there: the roll of a service on a day, and what is pressed on it (« pointage »).

A tablet without an account presses; each press names its page, so that one which comes twice acts
once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import AttendanceState
from app.formats import fold, town_zone
from app.models import Attendance, Booking, BookingState, Child, Enrolment, Service, ServiceKind
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import invoicing, words
from app.services.bookings.morning import noted
from app.services.bookings.morning.day_list import FETCHED
from app.services.bookings.morning.noted import TOLD

LINK_MADE = "check_in_link_made"
_DAY = bindparam("day", type_=Date)
_SERVICE_ID = bindparam("service_id", type_=Integer)
_SERVICES = select(
    Service.id, Service.slug, Service.name, Service.kind, invoicing.LATEST.label("invoiced")
).where(Service.archived_at.is_(None))
_BY_ID = _SERVICES.where(Service.id == _SERVICE_ID)
_BY_SLUG = _SERVICES.where(Service.slug == bindparam("slug"))
_IS_ENROLLED = (
    select(Enrolment.id)
    .where(
        Enrolment.child_id == Child.id,
        Enrolment.service_id == _SERVICE_ID,
        Enrolment.first <= _DAY,
        Enrolment.last.is_(None) | (Enrolment.last >= _DAY),
    )
    .exists()
)
# Whoever is expected, was seen, or may come.
_PUPILS: Select[*tuple[Any, ...]] = (
    select(
        Child.id,
        Child.public_id,
        Child.last_name,
        Child.first_name,
        Child.school,
        Child.class_name,
        Booking.state.label("expected"),
        Attendance.state.label("seen"),
        Attendance.arrived_at,
        Attendance.left_at,
    )
    .outerjoin(
        Booking,
        (Booking.child_id == Child.id)
        & (Booking.service_id == _SERVICE_ID)
        & (Booking.day == _DAY)
        & Booking.state.in_(TOLD),
    )
    .outerjoin(
        Attendance,
        (Attendance.child_id == Child.id)
        & (Attendance.service_id == _SERVICE_ID)
        & (Attendance.day == _DAY),
    )
    .where(Booking.id.is_not(None) | Attendance.id.is_not(None) | _IS_ENROLLED)
)
_ONE = _PUPILS.where(Child.public_id == bindparam("public_id"))


class Act(StrEnum):
    """What is pressed."""

    COME = "la"
    LEAVE = "parti"
    MISS = "absent"
    UNDO = "annuler"


class Attended(NamedTuple):
    """The service that a roll is of."""

    number: int
    slug: str
    name: str
    kind: ServiceKind
    # The latest month that the town invoiced.
    invoiced: date | None

    @property
    def is_left(self) -> bool:
        """Tell whether children are fetched from it, at an hour that counts."""
        return self.kind in FETCHED


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child of the roll."""

    public_id: str
    name: str
    school: str
    class_name: str
    # None for whoever has nothing booked.
    expected: BookingState | None
    seen: AttendanceState | None
    arrived_at: int | None
    left_at: int | None

    @property
    def is_listed(self) -> bool:
        """Tell whether the list has the child: expected, or there all the same."""
        return self.expected is not None or self.seen is not None

    @property
    def is_unbooked(self) -> bool:
        """Tell whether the child is there without a booking."""
        return self.expected is None and self.seen is AttendanceState.PRESENT

    @property
    def is_gone(self) -> bool:
        """Tell whether the child was there, and left."""
        return self.left_at is not None

    @property
    def said(self) -> str:
        """Say what was seen, or what is known where nothing was."""
        told = noted.said(self.seen, self.arrived_at, self.left_at)
        if self.is_unbooked:
            told.append("non réservé")
        elif self.expected not in {None, BookingState.BOOKED} and not told:
            assert self.expected is not None
            told.append(words.STATES[self.expected])
        sentence = ", ".join(told)
        return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True, slots=True)
class Roll:
    """All of them, by school and class."""

    service: Attended
    day: date
    pupils: list[Pupil]

    @property
    def frozen(self) -> str:
        """Say that nothing of its month changes any more; empty while it may."""
        return invoicing.frozen(self.service.invoiced, self.day)

    @property
    def listed(self) -> list[tuple[str, list[Pupil]]]:
        """List those of the list, class by class."""
        return list(_by_class([each for each in self.pupils if each.is_listed]))

    @property
    def others(self) -> list[tuple[str, list[Pupil]]]:
        """List those who may come and are not expected."""
        return list(_by_class([each for each in self.pupils if not each.is_listed]))

    @property
    def present(self) -> list[Pupil]:
        """List those who came."""
        return [each for each in self.pupils if each.seen is AttendanceState.PRESENT]

    @property
    def gone(self) -> list[Pupil]:
        """List those of them who were fetched since."""
        return [each for each in self.present if each.is_gone]

    @property
    def absent(self) -> list[Pupil]:
        """List those who were expected, and were seen not to be there."""
        return [each for each in self.pupils if each.seen is AttendanceState.ABSENT]

    @property
    def unbooked(self) -> list[Pupil]:
        """List those who came without a booking."""
        return [each for each in self.pupils if each.is_unbooked]

    @property
    def awaited(self) -> list[Pupil]:
        """List those of whom nothing is said yet."""
        return [
            each
            for each in self.pupils
            if each.expected is BookingState.BOOKED and each.seen is None
        ]


def of_number(service_id: int, day: date) -> Roll | None:
    """Read the roll of a service; None when it is not offered any more: two statements."""
    return _read(db.rows(_BY_ID, service_id=service_id), day)


def of_slug(slug: str, day: date) -> Roll | None:
    """Read the roll of a service by its name in addresses; None when there is none such."""
    return _read(db.rows(_BY_SLUG, slug=slug), day)


def mark(roll: Roll, act: Act, public_id: str, key: str) -> bool:
    """Write down what was pressed for a child; False for one not of this roll, or of no change."""
    if roll.frozen:
        return False
    asked = {"service_id": roll.service.number, "day": roll.day, "public_id": public_id}
    with db.transaction() as session:
        child = session.execute(_ONE, asked).first()
        if child is None:
            return False
        _mark(session, roll, act, child.id, key)
    return True


def mark_rest(roll: Roll, act: Act, key: str) -> int:
    """Write down the same of all of whom nothing is said yet; count them."""
    if roll.frozen:
        return 0
    wanted = {each.public_id for each in roll.awaited}
    asked = {"service_id": roll.service.number, "day": roll.day}
    with db.transaction() as session:
        children = [row.id for row in session.execute(_PUPILS, asked) if row.public_id in wanted]
        for child_id in sorted(children):
            _mark(session, roll, act, child_id, key)
    return len(children)


def note_link(by: Actor, roll: Roll) -> None:
    """Write down who made the link of a tablet."""
    with db.transaction() as session:
        what = {"day": roll.day.isoformat(), "service": roll.service.slug}
        journal.record(session, LINK_MADE, by, None, **what)


def _read(services: Any, day: date) -> Roll | None:
    if not services:
        return None
    service = Attended(*services[0])
    rows = db.rows(_PUPILS, service_id=service.number, day=day)
    return Roll(service, day, [_pupil(row) for row in sorted(rows, key=_order)])


def _order(row: Row[*tuple[Any, ...]]) -> tuple[str | int, ...]:
    return row.school, row.class_name, fold(row.last_name), fold(row.first_name), row.id


def _pupil(row: Row[*tuple[Any, ...]]) -> Pupil:
    return Pupil(
        public_id=row.public_id,
        name=f"{row.last_name} {row.first_name}",
        school=row.school,
        class_name=row.class_name,
        expected=row.expected,
        seen=row.seen,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
    )


def _by_class(pupils: list[Pupil]) -> Iterator[tuple[str, list[Pupil]]]:
    for place, theirs in groupby(pupils, lambda each: (each.school, each.class_name)):
        yield ", ".join(filter(None, place)) or "Sans école", list(theirs)


def _mark(session: Session, roll: Roll, act: Act, child_id: int, key: str) -> None:
    now = datetime.now(UTC)
    local = now.astimezone(town_zone())
    minute = local.hour * 60 + local.minute
    is_there = act is Act.COME
    whose = {"child_id": child_id, "service_id": roll.service.number, "day": roll.day}
    if act in {Act.COME, Act.MISS}:
        values = {
            "state": AttendanceState.PRESENT if is_there else AttendanceState.ABSENT,
            "arrived_at": minute if is_there else None,
            "at": now,
            "client_key": key,
        }
        # Two tablets may see the same child.
        session.execute(db.insert(Attendance).values(**whose, **values).on_conflict_do_nothing())
    row = session.scalars(select(Attendance).filter_by(**whose).with_for_update()).first()
    if row is None or row.client_key == key:
        return
    if act is Act.COME and row.state is AttendanceState.ABSENT:
        row.state, row.arrived_at = AttendanceState.PRESENT, minute
    elif act is Act.LEAVE and row.state is AttendanceState.PRESENT and row.left_at is None:
        row.left_at = minute
    elif act is Act.UNDO and row.left_at is not None:
        row.left_at = None
    elif act is Act.UNDO:
        session.delete(row)
        return
    row.at, row.client_key = now, key
