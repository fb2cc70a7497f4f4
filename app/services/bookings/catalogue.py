"""The services of the town and its calendar, for whoever judges, locks or draws: two statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Integer,
    Row,
    String,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)

from app import db
from app.calendar import ONE_DAY
from app.formats import fold, town_zone
from app.memo import kept
from app.models import (
    CalendarSpan,
    DayState,
    Service,
    ServiceDay,
    ServiceGroup,
    ServiceKind,
    ServiceLink,
    SpanKind,
    Waiting,
)
from app.services.bookings.judge import notation
from app.services.bookings.judge.agenda import MOST_KNOWN, Agenda, Span, Special
from app.services.bookings.judge.grouping import NO_GROUP, Group, group_of
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.rules import END_OF_DAY, DaysBefore, Never, Rule
from app.services.bookings.judge.worlds import Bookable, Cell

# Limits look back, to the first day of the term at most.
LOOKED_BACK = timedelta(days=400)
DAYS_A_WEEK = 7
# Those of the weeks, and of the towns, that families look at most.
MOST_CALENDARS = 8
# A day, and the first instant at which it is too late to book it.
DayLimit = tuple[date, datetime]
# The calendar as a service keeps it, and its rule, as the town wrote it.
KeptBy = tuple[Agenda, str]
# Without a rule one may book until the day is over.
NO_LIMIT = DaysBefore(0, END_OF_DAY)

OF_SERVICE = [each for each in Service.__table__.columns if each.key != "archived_at"]
_SERVICES = (
    select(
        *OF_SERVICE,
        ServiceLink.other_id,
        ServiceLink.kind.label("link"),
        ServiceGroup.id.label("group"),
        ServiceGroup.name.label("group_name"),
        ServiceGroup.capacity.label("group_capacity"),
        ServiceGroup.schools,
        ServiceGroup.classes,
    )
    .outerjoin(ServiceLink, ServiceLink.service_id == Service.id)
    .outerjoin(ServiceGroup, ServiceGroup.service_id == Service.id)
    .where(Service.archived_at.is_(None))
    .order_by(Service.position, Service.id, ServiceLink.other_id, ServiceGroup.id)
)
_EVERY_DAY = union_all(
    select(
        literal_column("0", Integer).label("service_id"),
        type_coerce(CalendarSpan.kind, String).label("kind"),
        CalendarSpan.first.label("first"),
        CalendarSpan.last.label("last"),
        CalendarSpan.name.label("words"),
        cast(null(), Integer).label("capacity"),
        literal_column("''", String).label("school"),
    ).where(
        CalendarSpan.confirmed,
        CalendarSpan.last >= bindparam("since", type_=Date),
        CalendarSpan.first <= bindparam("last", type_=Date),
    ),
    select(
        ServiceDay.service_id,
        type_coerce(ServiceDay.state, String),
        ServiceDay.day,
        ServiceDay.day,
        ServiceDay.reason,
        ServiceDay.capacity,
        ServiceDay.school,
    ).where(ServiceDay.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))),
).subquery()
_CALENDAR = select(*_EVERY_DAY.c).order_by(_EVERY_DAY.c.first, _EVERY_DAY.c.service_id)
# A page reads the same few again and again.
_parse = kept(100)(notation.parse)


@dataclass(frozen=True, slots=True)
class OfService:
    """A service, beside what verdicts ask of it."""

    id: int
    slug: str
    name: str
    kind: ServiceKind
    waiting: Waiting
    capacity: int | None
    # Of absences in a row, so many are due; None: all are.
    due_absences: int | None = None
    # Of single days, where these have their own.
    capacities: Mapping[date, int] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Tell whether it has so many places, on some day or for some group."""
        return self.capacity is not None or bool(self.capacities) or bool(self.groups)

    def places(self, day: date, group: int = NO_GROUP) -> int | None:
        """Return how many places a group has, or who is in none; None for as many as come."""
        if group:
            return next((each.capacity for each in self.groups if each.number == group), None)
        return self.capacities.get(day, self.capacity)

    def group_of(self, school: str, class_name: str, said: int | None) -> int:
        """Find the group of a child."""
        if not self.groups:
            return NO_GROUP
        return group_of(self.groups, school, fold(class_name), said)


class Catalogue(NamedTuple):
    """The services of the town, its calendar in each of them."""

    services: Mapping[int, OfService]
    bookable: Mapping[int, Bookable]
    links: Links
    # Why, by service, day and school: what is closed for the children of a school alone.
    closed_schools: Mapping[tuple[int, date, str], str]

    def is_served(self, service_id: int, day: date, school: str) -> bool:
        """Tell whether a service is there for the children of a school."""
        is_there = self.bookable[service_id].agenda.is_served(day)
        return is_there and (service_id, day, school) not in self.closed_schools

    def closed(self, schools: Mapping[int, str]) -> dict[Cell, str]:
        """Tell why days are closed for these children's schools alone."""
        return {
            Cell(child, service_id, day): reason
            for (service_id, day, closed), reason in self.closed_schools.items()
            for child, school in schools.items()
            if school == closed
        }


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The days of the whole town, and single days of its services by their number."""

    zone: tzinfo
    spans: tuple[Span, ...]
    specials: Mapping[int, Mapping[date, Special]]
    capacities: Mapping[int, Mapping[date, int]]
    closed_schools: Mapping[tuple[int, date, str], str]
    _agendas: dict[tuple[Any, ...], Agenda] = field(default_factory=dict, init=False, repr=False)
    _weeks: dict[tuple[Any, ...], Sequence[DayLimit]] = field(
        default_factory=dict, init=False, repr=False
    )

    def agenda(self, row: Row[Any]) -> Agenda:
        """Return it as a service keeps it."""
        keeps = row.id, row.weekdays, row.in_terms, row.in_holidays, row.shift
        found = self._agendas.get(keeps)
        if found is None:
            found = self._agendas[keeps] = Agenda(
                zone=self.zone,
                weekdays=frozenset(day for day in range(DAYS_A_WEEK) if row.weekdays & 1 << day),
                in_terms=row.in_terms,
                in_holidays=row.in_holidays,
                spans=self.spans,
                specials=self.specials.get(row.id, {}),
                is_moved_earlier=row.shift,
            )
        return found

    def kept_by(self, along: Sequence[Row[Any]]) -> tuple[KeptBy, ...]:
        """Return it as each of these services keeps it, with the rule by which it is booked."""
        return tuple((self.agenda(row), row.book_rule) for row in along)

    def limits_of_week(self, along: tuple[KeptBy, ...], monday: date) -> Sequence[DayLimit]:
        """List the days of a week of the first of these services, and until when each is booked.

        With all that comes along. Every family's home asks for the same few weeks.
        """
        key = along, monday
        found = self._weeks.get(key)
        if found is None:
            rules = [(_rule(text) or NO_LIMIT, agenda) for agenda, text in along]
            days = filter(rules[0][1].is_served, (monday + n * ONE_DAY for n in range(DAYS_A_WEEK)))
            found = [(day, limit_of_all(rules, day)) for day in days]
            if len(self._weeks) < MOST_KNOWN:
                self._weeks[key] = found
        return found


def read(first: date, last: date) -> Catalogue:
    """Read the services, as they are between two dates: two statements."""
    calendar = read_calendar(first, last)
    rows: dict[int, Any] = {}
    links: dict[Link, None] = {}
    groups: dict[int, dict[int, Group]] = {}
    for row in db.rows(_SERVICES):
        rows.setdefault(row.id, row)
        if row.link is not None:
            links[Link(row.id, row.other_id, row.link)] = None
        if row.group is not None:
            groups.setdefault(row.id, {}).setdefault(row.group, _group(row))
    return Catalogue(
        services={
            number: OfService(
                number,
                row.slug,
                row.name,
                row.kind,
                row.waiting,
                row.capacity,
                row.due_absences,
                calendar.capacities.get(number, {}),
                tuple(groups.get(number, {}).values()),
            )
            for number, row in rows.items()
        },
        bookable={number: bookable(row, calendar) for number, row in rows.items()},
        links=Links(tuple(each for each in links if each.other in rows)),
        closed_schools=calendar.closed_schools,
    )


def _group(row: Any) -> Group:
    return Group.of(row.group, row.group_name, row.group_capacity, row.schools, row.classes)


def bookable(row: Row[Any], calendar: Calendar) -> Bookable:
    """Return a service as verdicts ask of it; the row has the columns of OF_SERVICE."""
    book = _rule(row.book_rule) or NO_LIMIT
    return Bookable(
        name=row.name,
        agenda=calendar.agenda(row),
        book=book,
        cancel=_rule(row.cancel_rule) or book,
        absence=_rule(row.absence_rule) or Never(),
        is_canteen=row.kind is ServiceKind.CANTEEN,
        mode=row.mode,
        late=row.late,
        waiting=row.waiting,
        opens_at=row.opens_at,
    )


def _rule(text: str) -> Rule | None:
    return _parse(text) if text else None


def read_calendar(first: date, last: date) -> Calendar:
    """Read all days that are not as others are; limits look back further than the first date."""
    within = {"since": first - LOOKED_BACK, "first": first, "last": last}
    return _calendar(town_zone(), tuple(map(tuple, db.rows(_CALENDAR, **within))))


# What one page worked out of the days of a service serves the next, as long as nothing changes.
@lru_cache(maxsize=MOST_CALENDARS)
def _calendar(zone: tzinfo, rows: tuple[tuple[Any, ...], ...]) -> Calendar:
    specials: dict[int, dict[date, Special]] = {}
    capacities: dict[int, dict[date, int]] = {}
    closed_schools: dict[tuple[int, date, str], str] = {}
    spans: list[Span] = []
    for service_id, kind, begins, ends, words, places, school in rows:
        if not service_id:
            spans.append(Span(SpanKind(kind), begins, ends, words))
            continue
        if school:
            if kind == DayState.CLOSED:
                closed_schools[service_id, begins, school] = words
            continue
        specials.setdefault(service_id, {})[begins] = Special(kind == DayState.OPEN, words)
        if places is not None:
            capacities.setdefault(service_id, {})[begins] = places
    return Calendar(zone, tuple(spans), specials, capacities, closed_schools)
