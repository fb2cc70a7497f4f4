"""Which days a town's families may have forgotten: those they usually have, still to be booked.

A reminder is believed while it is rare. Whoever said a typical week misses what it has; whoever did
not misses the canteen, if the child has come to it lately and nothing was said of that week.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Row, Select, bindparam, or_, select

from app import db
from app.models import Booking, Custody, Enrolment, FamilyChild, QuietWeek, TypicalDay, WeekParity
from app.services.bookings import at_home
from app.services.bookings.at_home import AtHome
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import days_between
from app.services.bookings.typical import parity_of
from app.services.bookings.weeks import both_ends

# The summer holidays between two of its meals.
LATELY = timedelta(days=100)
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_ENROLLED: Select[*tuple[Any, ...]] = (
    select(
        Enrolment.family_id,
        Enrolment.child_id,
        Enrolment.service_id,
        *at_home.COLUMNS,
    )
    .join(
        FamilyChild,
        (FamilyChild.child_id == Enrolment.child_id)
        & (FamilyChild.family_id == Enrolment.family_id),
    )
    .outerjoin(
        Custody,
        (Custody.child_id == Enrolment.child_id) & (Custody.family_id == Enrolment.family_id),
    )
    .where(
        Enrolment.first <= _LAST,
        or_(Enrolment.last.is_(None), Enrolment.last >= _FIRST),
    )
    .order_by(Enrolment.family_id, Enrolment.child_id, Enrolment.service_id, Enrolment.first)
)
_SAID = select(Booking.child_id, Booking.service_id, Booking.day, Booking.family_id).where(
    Booking.day.between(_FIRST, _LAST)
)
_CAME = (
    select(Booking.child_id, Booking.service_id)
    .distinct()
    .where(Booking.day.between(_FIRST, _LAST))
)
_TYPICAL = select(
    TypicalDay.family_id,
    TypicalDay.child_id,
    TypicalDay.parity,
    TypicalDay.weekday,
    TypicalDay.service_id,
)
_QUIET = select(QuietWeek.family_id).where(QuietWeek.monday == bindparam("monday", type_=Date))


class Habit(NamedTuple):
    """A service on a day of such weeks."""

    parity: WeekParity
    weekday: int
    service: int


@dataclass(frozen=True, slots=True)
class _Week:
    """What is known of a week, of all families."""

    monday: date
    town: Catalogue
    now: datetime
    # Whatever became of them.
    said: Collection[tuple[int, int, date]]
    # By family, child and service.
    spoken_of: Collection[tuple[int, int, int]]
    came: Collection[tuple[int, int]]
    habits: Mapping[tuple[int, int], Collection[Habit]]
    # The days of each service on which one may still book it.
    open_days: dict[int, list[date]] = field(default_factory=dict)

    def days(self, service_id: int) -> list[date]:
        """List the days of a service that may still be booked."""
        found = self.open_days.get(service_id)
        if found is None:
            found = [
                day
                for day in days_between(*both_ends(self.monday))
                if (until := until_of(self.town, service_id, day)) and until > self.now
            ]
            self.open_days[service_id] = found
        return found

    def lacks(self, row: Row[Any]) -> list[Cell]:
        """List what a child may have forgotten of a service."""
        home = AtHome.of(row)
        return [
            Cell(row.child_id, row.service_id, day)
            for day in self.days(row.service_id)
            if home.has(day)
            and (row.child_id, row.service_id, day) not in self.said
            and self._expects(row, day)
        ]

    def _expects(self, row: Row[Any], day: date) -> bool:
        habits = self.habits.get((row.family_id, row.child_id))
        if habits is not None:
            kinds = (WeekParity.ALL, parity_of(day))
            return any(Habit(kind, day.weekday(), row.service_id) in habits for kind in kinds)
        return (
            self.town.bookable[row.service_id].is_canteen
            and (row.child_id, row.service_id) in self.came
            and (row.family_id, row.child_id, row.service_id) not in self.spoken_of
        )


def missing(town: Catalogue, monday: date, now: datetime) -> dict[int, list[Cell]]:
    """List what each family may have forgotten of a week: five statements, however many."""
    first, last = both_ends(monday)
    said = db.rows(_SAID, first=first, last=last)
    came = db.rows(_CAME, first=monday - LATELY, last=last)
    habits: dict[tuple[int, int], set[Habit]] = {}
    for family_id, child_id, parity, weekday, service_id in db.rows(_TYPICAL):
        known = habits.setdefault((family_id, child_id), set())
        known.add(Habit(parity, weekday, service_id))
    week = _Week(
        monday=monday,
        town=town,
        now=now,
        said={(child, service, day) for child, service, day, _ in said},
        spoken_of={(family, child, service) for child, service, _, family in said},
        came={(child, service) for child, service in came},
        habits=habits,
    )
    quiet = {family_id for (family_id,) in db.rows(_QUIET, monday=monday)}
    lacking: dict[int, list[Cell]] = {}
    for row in db.rows(_ENROLLED, first=first, last=last):
        if row.family_id not in quiet and row.service_id in town.services:
            lacking.setdefault(row.family_id, []).extend(week.lacks(row))
    return {family_id: cells for family_id, cells in lacking.items() if cells}


def until_of(town: Catalogue, service_id: int, day: date) -> datetime | None:
    """Return until when a day may be booked with all it brings; None for no day of the service."""
    along = town.links.brought_by(service_id) & town.bookable.keys()
    found = [town.bookable[each] for each in (service_id, *sorted(along))]
    if not all(each.agenda.is_served(day) for each in found):
        return None
    return limit_of_all([(each.book, each.agenda) for each in found], day)
