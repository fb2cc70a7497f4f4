"""What is told beside the list of a day: its papers, what changed since, and who did not book.

A page asks little: all of it is one statement.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)

from app import db
from app.calendar import ONE_DAY
from app.models import (
    Booking,
    Child,
    Custody,
    DayState,
    Enrolment,
    QuietWeek,
    Service,
    ServiceDay,
    TypicalDay,
    WeekParity,
)
from app.services.actors import CurrentClerk
from app.services.bookings.at_home import TURNS, turns_of
from app.services.bookings.morning import day_papers, served_days
from app.services.bookings.morning.day_papers import Change, Paper
from app.services.bookings.morning.served_days import ServedDay
from app.services.bookings.typical import parity_of
from app.services.refusals import Refusal

_DAY = bindparam("day", type_=Date)
_IS_CLOSED = (
    select(ServiceDay.id)
    .where(
        ServiceDay.service_id == TypicalDay.service_id,
        ServiceDay.day == _DAY,
        ServiceDay.state == DayState.CLOSED,
        ServiceDay.school.in_(("", Child.school)),
    )
    .correlate(TypicalDay, Child)
    .exists()
)
# Nobody said anything of that day, nor that nothing is missing of that week.
_UNBOOKED: Select[*tuple[Any, ...]] = (
    select(
        Service.slug,
        Service.name.label("service"),
        Service.position,
        Service.id.label("service_id"),
        Child.id.label("child_id"),
        Child.last_name,
        Child.first_name,
        Child.school,
        Child.class_name,
        *TURNS,
    )
    .select_from(TypicalDay)
    .join(Service, Service.id == TypicalDay.service_id)
    .join(Child, Child.id == TypicalDay.child_id)
    .join(
        Enrolment,
        (Enrolment.child_id == TypicalDay.child_id)
        & (Enrolment.service_id == TypicalDay.service_id)
        & (Enrolment.family_id == TypicalDay.family_id),
    )
    .outerjoin(
        Custody,
        (Custody.child_id == TypicalDay.child_id) & (Custody.family_id == TypicalDay.family_id),
    )
    .outerjoin(
        Booking,
        (Booking.child_id == TypicalDay.child_id)
        & (Booking.service_id == TypicalDay.service_id)
        & (Booking.day == _DAY),
    )
    .outerjoin(
        QuietWeek,
        (QuietWeek.family_id == TypicalDay.family_id)
        & (QuietWeek.monday == bindparam("monday", type_=Date)),
    )
    .where(
        TypicalDay.weekday == bindparam("weekday"),
        TypicalDay.parity.in_(bindparam("parities", expanding=True)),
        Enrolment.first <= _DAY,
        or_(Enrolment.last.is_(None), Enrolment.last >= _DAY),
        Booking.id.is_(None),
        QuietWeek.family_id.is_(None),
        ~_IS_CLOSED,
    )
)
_PARTS: Sequence[Select[*tuple[Any, ...]]] = (day_papers.NOTED, day_papers.SINCE, _UNBOOKED)


def _together(parts: Sequence[Select[*tuple[Any, ...]]]) -> Any:
    """Read them at once: each has the columns of all, without those that are not its own."""
    named: dict[str, ColumnElement[Any]] = {
        each.name: each for part in parts for each in part.selected_columns
    }
    together = union_all(
        *(
            part.with_only_columns(
                *(
                    part.selected_columns.get(name, cast(null(), each.type)).label(name)
                    for name, each in named.items()
                )
            )
            for part in parts
        )
    ).subquery()
    return select(together)


_ALL = _together(_PARTS)
_BOTH = _together(_PARTS[:2])


class Unbooked(NamedTuple):
    """A child whose typical week has services of which nothing was booked."""

    last_name: str
    first_name: str
    school: str
    class_name: str
    services: list[str]

    @property
    def child(self) -> str:
        """Write the name as a list does."""
        return f"{self.last_name} {self.first_name}"


class Beside(NamedTuple):
    """All of it."""

    paper: Paper | None
    # Whether this clerk read today what health asks.
    is_health_seen: bool
    changes: Sequence[Change]
    unbooked: Sequence[Unbooked]


def read(on: ServedDay, slug: str, clerk: CurrentClerk) -> Beside:
    """Read it; who usually comes is looked for once it is too late to book."""
    asked = day_papers.asked(on.day, slug)
    if on.over:
        asked |= _usually(on.day)
    rows = db.rows(_ALL if on.over else _BOTH, **asked)
    noted = day_papers.noted((row for row in rows if row.event), clerk)
    changed = (row for row in rows if row.booking_id is not None)
    lacking = (
        row for row in rows if not row.event and row.booking_id is None and row.slug in on.over
    )
    return Beside(*noted, day_papers.changes(changed, slug), _children(lacking, on))


def unbooked(day: date, slug: str) -> Sequence[Unbooked]:
    """List who usually comes and has not booked, once it is too late to: for a paper or a file.

    Nobody usually comes to what is offered no more.
    """
    try:
        on = served_days.of(day, slug)
    except Refusal:
        return []
    if not on.over:
        return []
    rows = db.rows(_UNBOOKED, **_usually(day))
    return _children((row for row in rows if row.slug in on.over), on)


def _usually(day: date) -> dict[str, Any]:
    """Say which days of typical weeks this one is."""
    return {
        "day": day,
        "monday": day - day.weekday() * ONE_DAY,
        "weekday": day.weekday(),
        "parities": [WeekParity.ALL, parity_of(day)],
    }


def _children(rows: Iterable[Row[Any]], on: ServedDay) -> list[Unbooked]:
    """Put together what a child lacks, of the home that has it."""
    found: dict[int, Unbooked] = {}
    for row in sorted(rows, key=lambda each: (each.position, each.service_id)):
        turns = turns_of(row)
        if turns is None or turns.is_here(on.day):
            new = Unbooked(row.last_name, row.first_name, row.school, row.class_name, [])
            child = found.setdefault(row.child_id, new)
            if row.service not in child.services:
                child.services.append(row.service)
    return sorted(found.values(), key=lambda each: (each.school, each.class_name, each.child))
