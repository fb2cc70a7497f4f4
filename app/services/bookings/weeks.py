"""A week as a family reads it: its name, its days, a line for each child and service."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.booking_kinds import BookingState
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import day_in_words, today
from app.services.bookings.judge.verdicts import Act, Remedy, RemedyKind
from app.services.bookings.reading import OfChild

SATURDAY, SUNDAY = 5, 6
# As far as pages lead: a year to book, some months to read.
FARTHEST_AHEAD, FARTHEST_BACK = timedelta(weeks=52), timedelta(weeks=26)
NAME = re.compile(r"(20\d\d)-W(\d\d)", re.ASCII)


class Line(NamedTuple):
    """A service, on a day, for a child: a box to tick, or what is said of it."""

    service: str
    # Of the box; empty where there is none.
    name: str
    # The name of its box, whether it has one or not.
    place: str
    version: int
    ticked: bool
    words: str
    # What the family has; None where it has nothing.
    state: BookingState | None
    # In the waiting list, 0 for who does not wait.
    rank: int = 0
    # What to do instead, where a page leads there.
    remedy: Remedy | None = None
    # The message of the town hall that says why it is closed.
    message: str | None = None
    # Ticking it books it past its limit, which costs more.
    is_late: bool = False
    # It was booked so.
    was_late: bool = False
    # What may be done until when, where that is near: said once above its day.
    near: tuple[Act, str] | None = None


class Told(NamedTuple):
    """What a line says of a service, the same for all children whose day is the same.

    From its words on, it is what the line of each of them has.
    """

    service: int
    slug: str
    name: str
    has_box: bool
    is_live: bool
    words: str
    state: BookingState | None
    rank: int = 0
    remedy: Remedy | None = None
    message: str | None = None
    is_late: bool = False
    was_late: bool = False
    near: tuple[Act, str] | None = None


class Invoiced(NamedTuple):
    """A month that the town invoiced, and its name in addresses."""

    name: str
    words: str


class Opening(NamedTuple):
    """A service that nobody may book yet, and from when on."""

    service_id: int
    slug: str
    name: str
    opens_at: datetime
    # Lundi 21 août à 7 h.
    words: str


class ToEnrol(NamedTuple):
    """A service that a child is not enrolled at, and the kind of request that asks for it."""

    child: OfChild
    kind: str
    words: str


class ChildDay(NamedTuple):
    """A child's day."""

    child: OfChild
    lines: Sequence[Line]


class Day(NamedTuple):
    """A day of the week; `words` say why nobody has anything on it, or which limit is near."""

    day: date
    children: Sequence[ChildDay]
    words: str


class Week(NamedTuple):
    """The page of a week."""

    monday: date
    days: Sequence[Day] = ()
    # Until when to book, and for what.
    limits: Sequence[str] = ()
    # What was ticked for the family.
    notice: str = ""
    # The children whose days may be ticked for the others.
    models: Sequence[OfChild] = ()
    # Why there is nothing to book; empty too when no child may come to anything.
    words: str = ""
    # Of two weeks that a home has in a row, at the end of a year of 53.
    warnings: Sequence[str] = ()
    # What may be asked for those who are not enrolled.
    to_enrol: Sequence[ToEnrol] = ()
    # The months of it that no longer change.
    invoiced: Sequence[Invoiced] = ()
    # The children who have days to leave to their other home, or who left some.
    shared: Sequence[OfChild] = ()
    # The services that nobody may book yet.
    openings: Sequence[Opening] = ()
    # The family said a typical week, which may be ticked.
    has_typical: bool = False

    @property
    def name(self) -> str:
        """Return what addresses call it."""
        return name_of_week(self.monday)

    @property
    def title(self) -> str:
        """Write Semaine du 30 novembre 2026."""
        return title(self.monday)

    @property
    def month(self) -> str:
        """Name the month that it begins in, as addresses do."""
        return f"{self.monday:%Y-%m}"

    @property
    def before(self) -> str:
        """Name the week before; empty when nobody looks back so far."""
        monday = self.monday - ONE_WEEK
        return name_of_week(monday) if is_near(monday) else ""

    @property
    def after(self) -> str:
        """Name the week after; empty when nobody books so far ahead."""
        monday = self.monday + ONE_WEEK
        return name_of_week(monday) if is_near(monday) else ""

    @property
    def may_be_copied(self) -> bool:
        """Tell whether another week may tick anything of it."""
        return any(
            line.name and not line.is_late
            for day in self.days
            for each in day.children
            for line in each.lines
        )

    @property
    def remedies(self) -> set[RemedyKind]:
        """Tell what one may do instead of what is not possible."""
        lines = (line for day in self.days for each in day.children for line in each.lines)
        return {line.remedy.kind for line in lines if line.remedy}

    @property
    def has_boxes(self) -> bool:
        """Tell whether anything may still be changed."""
        return any(line.name for day in self.days for each in day.children for line in each.lines)


def title(monday: date) -> str:
    """Write Semaine du 30 novembre 2026."""
    return f"Semaine du {day_in_words(monday)}"


def name_of_week(monday: date) -> str:
    """Write 2026-W49."""
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02}"


def monday_of(name: str) -> date | None:
    """Read 2026-W49; None for what is no week, or too far away to be spoken of."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    return monday if is_near(monday) else None


def is_near(monday: date) -> bool:
    """Tell whether pages lead there."""
    return -FARTHEST_BACK <= monday - this_monday() <= FARTHEST_AHEAD


def this_monday() -> date:
    """Return the day that this week began."""
    day = today()
    return day - day.weekday() * ONE_DAY


def week_to_come() -> date:
    """Return the monday of this week, of the next one once school is over."""
    monday = this_monday()
    return monday if today().weekday() < SATURDAY else monday + ONE_WEEK


def both_ends(monday: date) -> tuple[date, date]:
    """Return the first and the last day of a week."""
    return monday, monday + SUNDAY * ONE_DAY
