"""What comes: the week that a family has not spoken of yet, and the next days of a child."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Row, bindparam, literal, select
from sqlalchemy.orm import aliased

from app import db
from app.booking_kinds import BookingState, LinkKind, ServiceMode
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import today
from app.models import (
    FAMILY,
    Booking,
    Child,
    Custody,
    Enrolment,
    QuietWeek,
    Service,
    ServiceLink,
)
from app.services.bookings import at_home, catalogue
from app.services.bookings.at_home import AtHome
from app.services.bookings.catalogue import Calendar, DayLimit
from app.services.bookings.judge import spoken
from app.services.bookings.standing import LIVE
from app.services.bookings.weeks import name_of_week, this_monday

# What is asked earlier is forgotten again; and a week away, « jeudi » would be read as today.
AHEAD = timedelta(days=7)
WEEKS = 4
# Those of so many weeks, and the one that ends them.
_MONDAYS = tuple((f"monday_{number}", number * ONE_WEEK) for number in range(WEEKS + 1))
MOST_DAYS = 40


def _spoken_of(number: int) -> Any:
    """Tell whether the family has booked or let go anything of the week of this number."""
    first = bindparam(f"monday_{number}", type_=Date)
    next_one = bindparam(f"monday_{number + 1}", type_=Date)
    booked = select(literal(1)).where(
        Booking.family_id == FAMILY, Booking.day >= first, Booking.day < next_one
    )
    quiet = select(literal(1)).where(QuietWeek.family_id == FAMILY, QuietWeek.monday == first)
    return (booked.exists() | quiet.exists()).label(f"week_{number}")


# The services that a family's children come to, and those that another brings, as the town has few.
_BRINGS = (ServiceLink.service_id == Service.id) & (ServiceLink.kind == LinkKind.BRINGS)
_brought = aliased(ServiceLink)
_IS_BROUGHT = (
    select(literal(1))
    .where(_brought.other_id == Service.id, _brought.kind == LinkKind.BRINGS)
    .exists()
)
_SERVICES = (
    select(
        Service.id,
        # As an agenda keeps the calendar.
        Service.weekdays,
        Service.in_terms,
        Service.in_holidays,
        Service.shift,
        Service.book_rule,
        Service.mode,
        ServiceLink.other_id.label("brings"),
        Enrolment.id.label("enrolment"),
        *at_home.COLUMNS,
        Child.school,
        *(_spoken_of(number) for number in range(WEEKS)),
    )
    .outerjoin(ServiceLink, _BRINGS)
    .outerjoin(Enrolment, (Enrolment.service_id == Service.id) & (Enrolment.family_id == FAMILY))
    .outerjoin(Child, Child.id == Enrolment.child_id)
    .outerjoin(
        Custody,
        (Custody.child_id == Enrolment.child_id) & (Custody.family_id == Enrolment.family_id),
    )
    .where(Service.archived_at.is_(None), Enrolment.id.is_not(None) | _IS_BROUGHT)
    .order_by(Service.position, Service.id, Enrolment.id, ServiceLink.other_id)
)
_DAYS = (
    select(Booking.day, Service.name, Booking.state)
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .where(
        Booking.family_id == FAMILY,
        Child.public_id == bindparam("public_id"),
        Booking.day >= bindparam("today", type_=Date),
        Booking.state.in_(LIVE),
    )
    .order_by(Booking.day, Service.position, Service.id)
    .limit(MOST_DAYS)
)


class ToBook(NamedTuple):
    """A week that nobody has spoken of, and until when that is no trouble."""

    monday: date
    # Written as jeudi minuit.
    until: str

    @property
    def name(self) -> str:
        """Return what addresses call it."""
        return name_of_week(self.monday)


class Enrolled(NamedTuple):
    """A service that children of a family come to."""

    # Itself before what it brings, which is booked with it and by its own limit too.
    along: tuple[Row[Any], ...]
    # Who is enrolled, and when at this home: a row each.
    homes: Sequence[Row[Any]]


class ComingDay(NamedTuple):
    """A day of a child: services, and where they stand."""

    day: date
    services: str
    state: BookingState


def to_book(family_id: int) -> ToBook | None:
    """Find the first week whose limit is near and of which nothing was said: two statements.

    A family that booked one day of it, or gave one back, knows what it wants. What is left of the
    week under way comes last: it would hide until when the canteen of the next one is booked.
    """
    this_week = this_monday()
    mondays = {name: this_week + ahead for name, ahead in _MONDAYS}
    rows: Sequence[Row[Any]] = db.rows(_SERVICES, family_id=family_id, **mondays)
    open_weeks = [
        this_week + number * ONE_WEEK
        for number in (*range(1, WEEKS), 0)
        if rows and not getattr(rows[0], f"week_{number}")
    ]
    enrolled = _by_service(rows) if open_weeks else []
    if not enrolled:
        return None
    calendar = catalogue.read_calendar(this_week, this_week + WEEKS * ONE_WEEK - ONE_DAY)
    kept = [calendar.kept_by(each.along) for each in enrolled]
    now = datetime.now(UTC)
    until = datetime.combine(today() + AHEAD, time.min, calendar.zone).astimezone(UTC)
    for monday in open_weeks:
        near = [
            limit
            for each, agendas in zip(enrolled, kept, strict=True)
            for limit in _near(each, calendar.limits_of_week(agendas, monday), calendar, now, until)
        ]
        if near:
            return ToBook(monday, spoken.short_limit(min(near), calendar.zone))
    return None


def of_child(family_id: int, public_id: str) -> Sequence[ComingDay]:
    """List the next days on which a child comes, or waits for a place; not another family's."""
    days: dict[tuple[date, BookingState], list[str]] = {}
    asked = {"family_id": family_id, "public_id": public_id, "today": today()}
    for day, service, state in db.rows(_DAYS, **asked):
        days.setdefault((day, state), []).append(service)
    return [ComingDay(day, ", ".join(names), state) for (day, state), names in days.items()]


def _by_service(rows: Sequence[Row[Any]]) -> list[Enrolled]:
    """Put together what is booked day by day: what comes along with it, whoever is enrolled."""
    services: dict[int, Row[Any]] = {}
    brings: dict[int, list[int]] = {}
    enrolled: dict[int, dict[int, Row[Any]]] = {}
    for row in rows:
        services.setdefault(row.id, row)
        if row.brings is not None:
            brings.setdefault(row.id, []).append(row.brings)
        if row.enrolment is not None and row.mode is ServiceMode.DAYS:
            enrolled.setdefault(row.id, {})[row.enrolment] = row
    return [
        Enrolled(_along(services[number], services, brings), [*homes.values()])
        for number, homes in enrolled.items()
    ]


def _along(
    service: Row[Any], services: Mapping[int, Row[Any]], brings: Mapping[int, Sequence[int]]
) -> tuple[Row[Any], ...]:
    """List a service and what it brings, and what that brings: booked together."""
    found = {service.id: service}
    to_follow = [service.id]
    while to_follow:
        for other in brings.get(to_follow.pop(), ()):
            if other in services and other not in found:
                found[other] = services[other]
                to_follow.append(other)
    return tuple(found.values())


def _near(
    enrolled: Enrolled,
    days: Sequence[DayLimit],
    calendar: Calendar,
    now: datetime,
    until: datetime,
) -> Iterator[datetime]:
    """List the limits near of some days of a service, of whoever is enrolled."""
    near = [(day, limit) for day, limit in days if now < limit <= until]
    if not near:
        return
    service = enrolled.along[0].id
    for row in enrolled.homes:
        home = AtHome.of(row)
        for day, limit in near:
            if home.has(day) and (service, day, row.school) not in calendar.closed_schools:
                yield limit
