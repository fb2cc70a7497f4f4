"""The services as the town hall reads them, and what a limit comes to on real days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select

from app import db
from app.booking_kinds import LinkKind, ServiceMode
from app.calendar import ONE_DAY
from app.formats import NBSP, WEEKDAYS, town_zone
from app.models import (
    CalendarSpan,
    DayState,
    Enrolment,
    Service,
    ServiceDay,
    ServiceGroup,
    ServiceLink,
)
from app.services.bookings.judge import limits, notation, spoken
from app.services.bookings.judge.agenda import Agenda, Span, Special
from app.services.bookings.judge.rules import Never, Rule
from app.services.bookings.setting_up.services import KINDS, Described, days

# How far a limit may look back, and how far examples look ahead.
A_YEAR = timedelta(days=400)
EXAMPLES = 5
# Its limits are kept, for the day when families book it.
UNBOOKED = {
    ServiceMode.REQUEST: "Sur demande à la mairie",
    ServiceMode.ATTENDANCE_ONLY: "On vient sans réserver",
}

_SERVICES = (
    select(Service).where(Service.archived_at.is_(None)).order_by(Service.position, Service.id)
)
_LINKS = select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
    ServiceLink.service_id, ServiceLink.other_id
)
_ENROLLED = (
    select(Enrolment.service_id, func.count(Enrolment.child_id.distinct()).label("children"))
    .where(
        Enrolment.first <= bindparam("day", type_=Date),
        func.coalesce(Enrolment.last, bindparam("day", type_=Date)) >= bindparam("day", type_=Date),
    )
    .group_by(Enrolment.service_id)
)
_GROUPS = select(ServiceGroup.service_id, ServiceGroup.name, ServiceGroup.capacity).order_by(
    ServiceGroup.id
)
_SPANS = (
    select(CalendarSpan.kind, CalendarSpan.first, CalendarSpan.last, CalendarSpan.name)
    .where(
        CalendarSpan.confirmed,
        CalendarSpan.last >= bindparam("first", type_=Date),
        CalendarSpan.first <= bindparam("last", type_=Date),
    )
    .order_by(CalendarSpan.first, CalendarSpan.id)
)
_SPECIALS = select(ServiceDay.day, ServiceDay.state, ServiceDay.reason).where(
    ServiceDay.service_id == bindparam("service_id"), ServiceDay.school == ""
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A service, as the town hall reads it."""

    number: int
    public_id: str
    source_id: str
    slug: str
    described: Described
    # By what it says of them, the numbers of others.
    others: dict[LinkKind, frozenset[int]]
    enrolled: int
    # Names and places of those that have their own.
    groups: Sequence[tuple[str, int]] = ()

    @property
    def places(self) -> str:
        """Say how many places there are, group by group; nothing for as many as come."""
        if self.groups:
            return ", ".join(f"{name}{NBSP}: {capacity}" for name, capacity in self.groups)
        return str(self.described.capacity or "")

    @property
    def kind_words(self) -> str:
        """Say what sort of a service it is."""
        return KINDS[self.described.kind]

    @property
    def when(self) -> str:
        """Say on which days, and at what hours."""
        names = [WEEKDAYS[day] for day in sorted(self.described.weekdays)]
        words = ", ".join(names)[:1].upper() + ", ".join(names)[1:]
        starts, ends = self.described.starts_at, self.described.ends_at
        if starts is None or ends is None:
            return words
        return f"{words}, de {spoken.hour(starts)} à {spoken.hour(ends)}"

    @property
    def book_words(self) -> str:
        """Say until when one may book; or how one comes, where nobody books."""
        if self.described.mode in UNBOOKED:
            return UNBOOKED[self.described.mode]
        rule = parsed(self.described.book_rule)
        words = spoken.rule(rule) if rule else "jusqu’à la fin du jour"
        return words[:1].upper() + words[1:]


def listed(on: date) -> list[Shown]:
    """Read all of them: four statements."""
    others: dict[int, dict[LinkKind, frozenset[int]]] = {}
    for service_id, other_id, kind in db.rows(_LINKS):
        said = others.setdefault(service_id, {})
        said[kind] = said.get(kind, frozenset()) | {other_id}
    enrolled = {row.service_id: row.children for row in db.rows(_ENROLLED, day=on)}
    groups: dict[int, list[tuple[str, int]]] = {}
    for service_id, name, capacity in db.rows(_GROUPS):
        groups.setdefault(service_id, []).append((name, capacity))
    services = db.session().scalars(_SERVICES)
    return [
        replace(
            _shown(each, others.get(each.id, {}), enrolled.get(each.id, 0)),
            groups=groups.get(each.id, ()),
        )
        for each in services
    ]


def _shown(service: Service, others: dict[LinkKind, frozenset[int]], enrolled: int) -> Shown:
    kept = {each.name: getattr(service, each.name) for each in fields(Described)}
    described = Described(**kept | {"weekdays": days(service.weekdays)})
    return Shown(
        service.id,
        service.public_id,
        service.source_id,
        service.slug,
        described,
        others,
        enrolled,
    )


def agenda(told: Described, service_id: int, around: date) -> Agenda:
    """Read the calendar as a service keeps it, even one that is not saved yet."""
    spans = db.rows(_SPANS, first=around - A_YEAR, last=around + A_YEAR)
    specials = db.rows(_SPECIALS, service_id=service_id)
    return Agenda(
        zone=town_zone(),
        weekdays=told.weekdays,
        in_terms=told.in_terms,
        in_holidays=told.in_holidays,
        spans=tuple(Span(*row) for row in spans),
        specials={day: Special(state is DayState.OPEN, reason) for day, state, reason in specials},
        is_moved_earlier=told.shift,
    )


def coming(kept: Agenda, since: date, count: int = EXAMPLES) -> Iterator[date]:
    """Go through the next days on which a service is there."""
    day = since
    while count and day < since + A_YEAR:
        if kept.is_served(day):
            count -= 1
            yield day
        day += ONE_DAY


class Example(NamedTuple):
    """What a limit comes to for one day."""

    day: date
    # None when it can never be done.
    limit: datetime | None

    @property
    def words(self) -> str:
        """Say until when."""
        if self.limit is None:
            return "jamais"
        return f"jusqu’au {spoken.whole_limit(self.limit, town_zone())}"


def examples(rule: Rule, kept: Agenda, since: date) -> list[Example]:
    """Try a limit on the next days."""
    return [example(rule, kept, day) for day in coming(kept, since)]


def example(rule: Rule, kept: Agenda, day: date) -> Example:
    """Try it on one day."""
    never = isinstance(rule, Never)
    return Example(day, None if never else limits.limit(rule, day, kept))


def parsed(rule: str) -> Rule | None:
    """Read a rule that was saved."""
    return notation.parse(rule) if rule else None
