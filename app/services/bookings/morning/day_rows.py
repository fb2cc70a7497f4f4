"""The rows of a day's list: of all services, or of one, with what its children come to beside."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Date,
    Row,
    Select,
    String,
    bindparam,
    cast,
    func,
    null,
    select,
)

from app import db
from app.models import (
    Attendance,
    Booking,
    BookingState,
    Child,
    HealthMark,
    Service,
    ServiceGroup,
    ServiceKind,
)
from app.services.bookings.morning import noted
from app.services.bookings.morning.noted import TOLD

_DAY = bindparam("day", type_=Date)
_SLUG: BindParameter[str] = bindparam("slug", type_=String)
# Of a child, whichever the service.
_OF_CHILD = (
    Child.school,
    Child.class_name,
    Child.last_name,
    Child.first_name,
    Booking.state,
    Booking.late,
    Child.id,
    func.coalesce(ServiceGroup.name, ""),
    *noted.COLUMNS,
)
_OF_SERVICE = (Service.slug, Service.name, Service.short_name, Service.kind, Service.ends_at)
_BY_CLASS = (Child.school, Child.class_name, Child.last_name, Child.first_name, Child.id)
_LINES: Select[*tuple[Any, ...]] = (
    select(*_OF_CHILD)
    .select_from(Booking)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .join(Child, Child.id == Booking.child_id)
    .outerjoin(Attendance, noted.OF_BOOKING)
    .where(Booking.day == _DAY, Booking.state.in_(TOLD))
)
_OF_ALL = _LINES.add_columns(*_OF_SERVICE).order_by(Service.position, Service.id, *_BY_CLASS)
# In no order: whoever reads it compares names as no database does.
_OF_ONE = _LINES.add_columns(null(), null()).where(Service.slug == _SLUG)
# The same, and what the health of each asks that day: a line for each mark, or one alone.
_WITH_HEALTH = (
    _LINES.add_columns(HealthMark.kind, HealthMark.words)
    .outerjoin(HealthMark, (HealthMark.child_id == Child.id) & (HealthMark.until >= _DAY))
    .where(Service.slug == _SLUG)
)
# A row for each service: a thousand numbers are read sooner as one text than as rows.
_CHILDREN = (
    select(func.aggregate_strings(cast(Booking.child_id, String), " "))
    .where(
        Booking.service_id == Service.id,
        Booking.day == _DAY,
        Booking.state == BookingState.BOOKED,
    )
    .correlate(Service)
    .scalar_subquery()
)
_SERVICES: Select[*tuple[Any, ...]] = select(*_OF_SERVICE, _CHILDREN).order_by(
    Service.position, Service.id
)


class OfService(NamedTuple):
    """What is said of a service on a list."""

    slug: str
    name: str
    short_name: str
    kind: ServiceKind
    ends_at: int | None


class Counted(NamedTuple):
    """A service, and the numbers of the children who come to it, as texts."""

    service: OfService
    children: Sequence[str]


def of_all(day: date) -> Sequence[Row[Any]]:
    """Read who comes to any service: the child, then the service."""
    return db.rows(_OF_ALL, day=day)


def of_service(day: date, slug: str, *, with_health: bool) -> Sequence[Row[Any]]:
    """Read who comes to one, in no order, and what its health asks: a row for each mark."""
    return db.rows(_WITH_HEALTH if with_health else _OF_ONE, day=day, slug=slug)


def services(day: date) -> list[Counted]:
    """Read who comes to each service."""
    return [
        Counted(OfService._make(said), children.split() if children else ())
        for *said, children in db.rows(_SERVICES, day=day)
    ]
