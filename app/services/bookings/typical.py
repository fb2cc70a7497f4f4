"""The week that a child has most often: a family says it once, then ticks weeks by it.

Said for all weeks, or apart for odd and even ones of the year, as shifts go. Which of them the home
has the child in is another matter, and is not said here: the judge knows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, delete, or_, select

from app import db, formats
from app.booking_kinds import ServiceMode, WeekParity
from app.formats import WEEKDAYS, today
from app.models import FAMILY, Child, Enrolment, FamilyChild, Service, TypicalDay
from app.services import journal
from app.services.actors import CurrentAccount
from app.services.bookings import places, weeks
from app.services.bookings.judge import notation
from app.services.bookings.judge.custody import two_odd_weeks
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known, days_between
from app.services.bookings.wishes import MOST_BOXES
from app.services.refusals import Reason, Refusal

ALTERNATE = (WeekParity.ODD, WeekParity.EVEN)
NOT_THERE = (
    "Une case de cette page n’existe plus\u00a0: rien n’est changé. Relisez la semaine type, puis "
    "recommencez."
)

_OFFERED = (
    select(
        Child.id.label("child_id"),
        Child.public_id,
        Child.first_name,
        Service.id.label("service_id"),
        Service.slug,
        Service.name,
        Service.weekdays,
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(
        Enrolment,
        (Enrolment.child_id == Child.id) & (Enrolment.family_id == FamilyChild.family_id),
    )
    .join(Service, Service.id == Enrolment.service_id)
    .where(
        FamilyChild.family_id == FAMILY,
        Service.archived_at.is_(None),
        Service.mode == ServiceMode.DAYS,
        Service.book_rule != notation.NEVER,
        or_(Enrolment.last.is_(None), Enrolment.last >= bindparam("today", type_=Date)),
    )
    .order_by(Child.birth_date, Child.id, Service.position, Service.id, Enrolment.first)
)
_DAYS = select(
    TypicalDay.child_id, TypicalDay.parity, TypicalDay.weekday, TypicalDay.service_id
).where(TypicalDay.family_id == FAMILY)


class Slot(NamedTuple):
    """A service, on a day of such weeks."""

    parity: WeekParity
    weekday: int
    service: int


class Offered(NamedTuple):
    """A service that a child may come to, and on which days of the week it is there."""

    id: int
    slug: str
    name: str
    weekdays: int

    def is_there(self, weekday: int) -> bool:
        """Tell whether it ever is there on such a day."""
        return bool(self.weekdays & 1 << weekday)


class Line(NamedTuple):
    """A day of the week, and the services of it in one line."""

    weekday: str
    services: str


@dataclass(slots=True)
class TypicalWeek:
    """What a child has most often, of what the child may come to."""

    child_id: int
    public_id: str
    first_name: str
    offered: dict[int, Offered] = field(default_factory=dict)
    slots: set[Slot] = field(default_factory=set)

    @property
    def parities(self) -> Sequence[WeekParity]:
        """List those that are said apart."""
        alternates = any(slot.parity is not WeekParity.ALL for slot in self.slots)
        return ALTERNATE if alternates else (WeekParity.ALL,)

    @property
    def weekdays(self) -> list[int]:
        """List the days on which anything is offered."""
        offered = self.offered.values()
        return [day for day in range(len(WEEKDAYS)) if any(one.is_there(day) for one in offered)]

    def services(self, weekday: int) -> list[Offered]:
        """List what is offered on a day of the week."""
        return [each for each in self.offered.values() if each.is_there(weekday)]

    def has(self, parity: WeekParity, weekday: int, service: int) -> bool:
        """Tell whether it is in such weeks; what is in all of them is in each kind."""
        kinds = ALTERNATE if parity is WeekParity.ALL else (WeekParity.ALL,)
        return any(Slot(kind, weekday, service) in self.slots for kind in (parity, *kinds))

    def lines(self, parity: WeekParity) -> list[Line]:
        """Say such a week, a line for each day of it."""
        told = []
        for weekday in self.weekdays:
            names = [
                each.name for each in self.services(weekday) if self.has(parity, weekday, each.id)
            ]
            if names:
                told.append(Line(WEEKDAYS[weekday].capitalize(), ", ".join(names)))
        return told


def of_family(family_id: int) -> list[TypicalWeek]:
    """Read those of each child who may come to anything: two statements."""
    found: dict[int, TypicalWeek] = {}
    for row in db.rows(_OFFERED, family_id=family_id, today=today()):
        week = found.setdefault(
            row.child_id, TypicalWeek(row.child_id, row.public_id, row.first_name)
        )
        week.offered[row.service_id] = Offered(row.service_id, row.slug, row.name, row.weekdays)
    for child_id, parity, weekday, service_id in db.rows(_DAYS, family_id=family_id):
        if child_id in found:
            found[child_id].slots.add(Slot(parity, weekday, service_id))
    return list(found.values())


def of_child(family_id: int, public_id: str) -> TypicalWeek | None:
    """Read that of one child; another family's does not exist."""
    found = (each for each in of_family(family_id) if each.public_id == public_id)
    return next(found, None)


def alternates(family_id: int) -> bool:
    """Tell whether the family says odd and even weeks apart, of any child."""
    return any(parity is not WeekParity.ALL for parity, _ in _slots_of(family_id))


def name_of(parity: WeekParity, weekday: int, service: Offered) -> str:
    """Name a box, in forms."""
    return f"{parity}.{weekday}.{service.slug}"


def save(account: CurrentAccount, week: TypicalWeek, ticked: Sequence[str]) -> None:
    """Keep what was ticked, in place of what was said before.

    Raises Refusal when a box is none of the child's, or when all weeks and some are mixed.
    """
    slots = _slots(week, ticked)
    with db.transaction() as session:
        places.lock_children(session, [week.child_id])
        session.execute(
            delete(TypicalDay).where(
                TypicalDay.family_id == account.family_id, TypicalDay.child_id == week.child_id
            )
        )
        session.add_all(
            TypicalDay(
                family_id=account.family_id,
                child_id=week.child_id,
                parity=slot.parity,
                weekday=slot.weekday,
                service_id=slot.service,
            )
            for slot in sorted(slots)
        )
        journal.record(session, "typical_week_saved", account, days=str(len(slots)))


def _slots(week: TypicalWeek, ticked: Sequence[str]) -> set[Slot]:
    if len(ticked) > MOST_BOXES:
        raise Refusal(Reason.TOO_MANY, NOT_THERE)
    boxes = {
        name_of(parity, weekday, service): Slot(parity, weekday, service.id)
        for parity in WeekParity
        for weekday in week.weekdays
        for service in week.services(weekday)
    }
    if not boxes.keys() >= set(ticked):
        raise Refusal(Reason.UNKNOWN, NOT_THERE)
    slots = {boxes[name] for name in ticked}
    if len({slot.parity is WeekParity.ALL for slot in slots}) > 1:
        raise Refusal(Reason.UNKNOWN, NOT_THERE)
    return slots


def cells(known: Known, first: date, last: date) -> list[Cell]:
    """List the days that the family's typical weeks have between two dates, both among them."""
    return list(_cells(known, _slots_of(known.family_id), days_between(first, last)))


def parity_of(day: date) -> WeekParity:
    """Tell in which of alternate weeks a day is: week 49 is odd."""
    return WeekParity.ODD if day.isocalendar().week % 2 else WeekParity.EVEN


def this_week() -> str:
    """Write La semaine du 30 novembre est impaire."""
    monday = weeks.this_monday()
    kind = "impaire" if parity_of(monday) is WeekParity.ODD else "paire"
    return f"La semaine du {formats.bare_day(monday)} est {kind}."


def doubled(first: date, last: date) -> str | None:
    """Warn of two odd weeks in a row between two dates, at the end of a year of 53 weeks."""
    told = two_odd_weeks(first, last)
    return f"{told}." if told else None


def _slots_of(family_id: int) -> dict[tuple[WeekParity, int], list[tuple[int, int]]]:
    said: dict[tuple[WeekParity, int], list[tuple[int, int]]] = {}
    for child_id, parity, weekday, service_id in db.rows(_DAYS, family_id=family_id):
        said.setdefault((parity, weekday), []).append((child_id, service_id))
    return said


def _cells(
    known: Known,
    said: dict[tuple[WeekParity, int], list[tuple[int, int]]],
    days: Iterable[date],
) -> Iterator[Cell]:
    for day in days:
        for parity in (WeekParity.ALL, parity_of(day)):
            for child_id, service_id in said.get((parity, day.weekday()), ()):
                cell = Cell(child_id, service_id, day)
                if known.may_have_box(cell):
                    yield cell
