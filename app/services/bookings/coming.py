"""What comes: the week that a family has not spoken of yet, and the next days of a child."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Date, Row, bindparam, literal, select
from sqlalchemy.orm import aliased

from app import db
from app.booking_kinds import BookingState, LinkKind, ServiceMode
from app.calendar import ONE_WEEK
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
from app.services.bookings.catalogue import Calendar
from app.services.bookings.judge import spoken
from app.services.bookings.standing import LIVE
from app.services.bookings.weeks import both_ends, name_of_week, this_monday

# What is asked earlier is forgotten again; and a week away, « jeudi » would be read as today.
AHEAD = timedelta(days=7)
WEEKS = 4
MOST_DAYS = 40


def _spoken_of(number: int) -> Any:
    """Tell whether the family has booked or let go anything of the week of this number."""
    first = bindparam(f"monday_{number}", type_=Date)
    last = bindparam(f"sunday_{number}", type_=Date)
    booked = select(literal(1)).where(Booking.family_id == FAMILY, Booking.day.between(first, last))
    quiet = select(literal(1)).where(QuietWeek.family_id == FAMILY, QuietWeek.monday == first)
    return (booked.exists() | quiet.exists()).label(f"week_{number}")


# What a service brings is booked with it, and by its own limit too.
_ITSELF = select(Service.id.label("root"), Service.id.label("service_id")).cte(
    "along", recursive=True
)
_ALONG = _ITSELF.union(
    select(_ITSELF.c.root, ServiceLink.other_id)
    .join(ServiceLink, ServiceLink.service_id == _ITSELF.c.service_id)
    .where(ServiceLink.kind == LinkKind.BRINGS)
)
_ROOT = aliased(Service)
_ENROLLED = (
    select(
        Service.id,
        # As an agenda keeps the calendar.
        Service.weekdays,
        Service.in_terms,
        Service.in_holidays,
        Service.shift,
        Service.book_rule,
        _ALONG.c.root,
        Enrolment.id.label("enrolment"),
        *at_home.COLUMNS,
        Child.school,
        *(_spoken_of(number) for number in range(WEEKS)),
    )
    .join(_ALONG, _ALONG.c.service_id == Service.id)
    .join(_ROOT, _ROOT.id == _ALONG.c.root)
    .join(Enrolment, Enrolment.service_id == _ROOT.id)
    .join(Child, Child.id == Enrolment.child_id)
    .outerjoin(
        Custody,
        (Custody.child_id == Enrolment.child_id) & (Custody.family_id == Enrolment.family_id),
    )
    .where(
        Enrolment.family_id == FAMILY,
        Service.archived_at.is_(None),
        _ROOT.archived_at.is_(None),
        _ROOT.mode == ServiceMode.DAYS,
    )
    # Itself before what it brings.
    .order_by(_ROOT.position, _ROOT.id, Enrolment.id, Service.id != _ROOT.id, Service.id)
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
    monday = this_monday()
    mondays = [monday + number * ONE_WEEK for number in range(WEEKS)]
    ends = {f"monday_{number}": monday for number, monday in enumerate(mondays)}
    ends |= {f"sunday_{number}": both_ends(monday)[1] for number, monday in enumerate(mondays)}
    rows: Sequence[Row[Any]] = db.rows(_ENROLLED, family_id=family_id, **ends)
    if not rows:
        return None
    calendar = catalogue.read_calendar(mondays[0], both_ends(mondays[-1])[1])
    enrolled = [tuple(group) for _, group in groupby(rows, lambda row: row.enrolment)]
    now = datetime.now(UTC)
    until = datetime.combine(today() + AHEAD, time.min, calendar.zone)
    for number, monday in (*enumerate(mondays[1:], 1), (0, mondays[0])):
        if getattr(rows[0], f"week_{number}"):
            continue
        near = [limit for group in enrolled for limit in _near(group, monday, calendar, now, until)]
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


def _near(
    along: tuple[Row[Any], ...], monday: date, calendar: Calendar, now: datetime, until: datetime
) -> list[datetime]:
    """List the limits near of a week of an enrolment: by the earliest of all that comes along."""
    row = along[0]
    home = AtHome.of(row)
    return [
        limit
        for day, limit in calendar.limits_of_week(along, monday)
        if now < limit <= until
        and home.has(day)
        and (row.root, day, row.school) not in calendar.closed_schools
    ]
