"""How many come to a service each day of a week, for whoever cooks.

By school, by group where the service has some, and by diet.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select

from app import db
from app.calendar import ONE_WEEK
from app.formats import day_and_month, fold
from app.models import Booking, BookingState, Child, HealthMark
from app.services.bookings import catalogue, weeks
from app.services.bookings.judge.grouping import IN_NO_GROUP, Group
from app.services.bookings.morning.served_days import UNKNOWN, Offered
from app.services.bookings.reading import days_between
from app.services.families import health
from app.services.refusals import Reason, Refusal

NO_SCHOOL = "Sans école"
TOTAL, ABSENT = "Total", "Absences déclarées"
_OF_SERVICE = (
    Booking.service_id == bindparam("service_id"),
    Booking.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
)
_HEADS = (
    select(Booking.day, Child.school, Booking.group_id, Booking.state, func.count().label("count"))
    .join(Child, Child.id == Booking.child_id)
    .where(*_OF_SERVICE, Booking.state.in_((BookingState.BOOKED, BookingState.ABSENT)))
    .group_by(Booking.day, Child.school, Booking.group_id, Booking.state)
    .order_by(Child.school, Booking.day, Booking.group_id, Booking.state)
)
_NEEDS = (
    select(Booking.day, HealthMark.kind, HealthMark.words, func.count().label("count"))
    .join(
        HealthMark,
        (HealthMark.child_id == Booking.child_id) & (HealthMark.until >= Booking.day),
    )
    .where(*_OF_SERVICE, Booking.state == BookingState.BOOKED)
    .group_by(Booking.day, HealthMark.kind, HealthMark.words)
    .order_by(HealthMark.kind, HealthMark.words, Booking.day)
)


class Row(NamedTuple):
    """What is counted: a figure for each day, in the order of the days."""

    name: str
    figures: list[int]

    @property
    def total(self) -> int:
        """Add them up."""
        return sum(self.figures)


class WeekHeads(NamedTuple):
    """A week of a service, as whoever cooks reads it."""

    monday: date
    service_id: int
    service: Offered
    offered: list[Offered]
    days: list[date]
    schools: list[Row]
    # Those that have places of their own, and whoever is in none; nothing without groups.
    groups: list[Row]
    coming: Row
    absent: Row
    # What health asks; nothing for whoever is not to know.
    needs: list[Row]
    tells_health: bool

    @property
    def title(self) -> str:
        """Write Semaine du 30 novembre 2026."""
        return weeks.title(self.monday)

    @property
    def before(self) -> str:
        """Name the week before."""
        return weeks.name_of_week(self.monday - ONE_WEEK)

    @property
    def after(self) -> str:
        """Name the week after."""
        return weeks.name_of_week(self.monday + ONE_WEEK)

    @property
    def rows(self) -> list[Row]:
        """List all of it, the schools first."""
        told = [*self.schools, self.coming, *self.groups]
        return [*told, *([self.absent] if self.absent.total else []), *self.needs]

    def of_day(self, rows: list[Row], day: date) -> dict[str, int]:
        """Return the figures of a day that are any, by name."""
        at = self.days.index(day)
        return {row.name: row.figures[at] for row in rows if row.figures[at]}

    def table(self) -> tuple[list[str], list[list[str | int]]]:
        """Return it for a spreadsheet: its headings, its rows."""
        headings = [self.service.name, *map(day_and_month, self.days), TOTAL]
        return headings, [[row.name, *row.figures, row.total] for row in self.rows]


def read(
    monday: date, slug: str, *, with_health: bool, only: frozenset[str] | None = None
) -> WeekHeads | None:
    """Count a week, of the canteen when no service is named: four statements.

    None where no service is offered to whoever reads of some alone, or at all. Raises Refusal for
    one that is not.
    """
    first, last = weeks.both_ends(monday)
    found = catalogue.read(first, last)
    offered = {
        number: Offered(each.slug, each.name)
        for number, each in found.services.items()
        if only is None or each.slug in only
    }
    if not offered:
        return None
    canteens = (number for number in offered if found.bookable[number].is_canteen)
    usual = next(canteens, next(iter(offered)))
    number = next((key for key, each in offered.items() if each.slug == slug), None)
    if slug and number is None:
        raise Refusal(Reason.UNKNOWN, UNKNOWN)
    number = number or usual
    asked = {"service_id": number, "first": first, "last": last}
    counts: dict[BookingState, dict[str, Counter[date]]] = defaultdict(dict)
    by_group: dict[int, Counter[date]] = defaultdict(Counter)
    for day, school, group, state, count in db.rows(_HEADS, **asked):
        counts[state].setdefault(school, Counter())[day] += count
        if state is BookingState.BOOKED:
            by_group[group][day] += count
    booked = {day for schools in counts.values() for each in schools.values() for day in each}
    is_served = found.bookable[number].agenda.is_served
    days = [day for day in days_between(first, last) if is_served(day) or day in booked]
    coming, absent = counts[BookingState.BOOKED], counts[BookingState.ABSENT]
    return WeekHeads(
        monday=monday,
        service_id=number,
        service=offered[number],
        offered=list(offered.values()),
        days=days,
        schools=[_row(school or NO_SCHOOL, each, days) for school, each in coming.items()],
        groups=_groups(found.services[number].groups, by_group, days),
        coming=_row(TOTAL, _added(coming), days),
        absent=_row(ABSENT, _added(absent), days),
        needs=_needs(asked, days) if with_health else [],
        tells_health=with_health,
    )


def _added(schools: Mapping[str, Counter[date]]) -> Counter[date]:
    return sum(schools.values(), Counter())


def _row(name: str, counts: Counter[date], days: Sequence[date]) -> Row:
    return Row(name, [counts[day] for day in days])


def _groups(
    groups: Sequence[Group], counts: Mapping[int, Counter[date]], days: Sequence[date]
) -> list[Row]:
    """Count each, one that nobody is in too; what is left of the total is in none."""
    if not groups:
        return []
    known = {each.number for each in groups}
    found = [
        _row(f"Groupe\u00a0: {each.name}", counts.get(each.number, Counter()), days)
        for each in groups
    ]
    others = (each for number, each in counts.items() if number not in known)
    in_none = _row(IN_NO_GROUP, sum(others, Counter()), days)
    return [*found, in_none] if in_none.total else found


def _needs(asked: Mapping[str, object], days: Sequence[date]) -> list[Row]:
    """Count them together however they are spelt, under the first spelling."""
    names: dict[str, str] = {}
    counts: dict[str, Counter[date]] = defaultdict(Counter)
    for day, kind, words, count in db.rows(_NEEDS, **asked):
        said = health.say(kind, words)
        names.setdefault(fold(said), said)
        counts[fold(said)][day] += count
    return [_row(names[key], each, days) for key, each in counts.items()]
