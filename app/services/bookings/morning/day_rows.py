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
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.orm import aliased

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
_OF_ONE = _LINES.add_columns(null(), null()).where(Service.slug == _SLUG).order_by(*_BY_CLASS)
# The same, and what the health of each asks that day: a line for each mark, or one alone.
_WITH_HEALTH = (
    _LINES.add_columns(HealthMark.kind, HealthMark.words)
    .outerjoin(HealthMark, (HealthMark.child_id == Child.id) & (HealthMark.until >= _DAY))
    .where(Service.slug == _SLUG)
    .order_by(*_BY_CLASS, HealthMark.kind, HealthMark.id)
)
_ASKED = aliased(Booking)
_THEY = (
    select(_ASKED.child_id)
    .join(Service, Service.id == _ASKED.service_id)
    .where(_ASKED.day == _DAY, _ASKED.state.in_(TOLD), Service.slug == _SLUG)
)
_COMES = Booking.state == BookingState.BOOKED
# A row for each service: a thousand numbers are read sooner as one text than as rows.
_COUNTED = (
    select(
        Booking.service_id,
        func.count(case((_COMES, 1))).label("coming"),
        func.aggregate_strings(
            case((and_(_COMES, Booking.child_id.in_(_THEY)), cast(Booking.child_id, String))), " "
        ).label("children"),
    )
    .where(Booking.day == _DAY, Booking.state.in_(TOLD))
    .group_by(Booking.service_id)
    .subquery()
)
_SERVICES: Select[*tuple[Any, ...]] = (
    select(*_OF_SERVICE, _COUNTED.c.coming, _COUNTED.c.children)
    .join(Service, Service.id == _COUNTED.c.service_id)
    .order_by(Service.position, Service.id)
)


class OfService(NamedTuple):
    """What is said of a service on a list."""

    slug: str
    name: str
    short_name: str
    kind: ServiceKind
    ends_at: int | None


class Counted(NamedTuple):
    """A service that somebody comes to, how many do, and which of the children asked."""

    service: OfService
    coming: int
    children: Sequence[int]


def of_all(day: date) -> Sequence[Row[Any]]:
    """Read who comes to any service: the child, then the service."""
    return db.rows(_OF_ALL, day=day)


def of_service(day: date, slug: str, *, with_health: bool) -> Sequence[Row[Any]]:
    """Read who comes to one, child by child, and what its health asks: a row for each mark."""
    return db.rows(_WITH_HEALTH if with_health else _OF_ONE, day=day, slug=slug)


def services(day: date, slug: str) -> list[Counted]:
    """Read how many come to each service, and which of the children of one come to others too."""
    return [
        Counted(OfService(*said), coming, list(map(int, children.split())) if children else ())
        for *said, coming, children in db.rows(_SERVICES, day=day, slug=slug)
    ]
