"""The rows of a day's list: of all services, or of one, with what its children come to beside."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
    union_all,
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
)
from app.services.bookings.morning import noted
from app.services.bookings.morning.noted import TOLD

_DAY = bindparam("day", type_=Date)
_COLUMNS = (
    Service.slug,
    Service.name,
    Child.school,
    Child.class_name,
    Child.last_name,
    Child.first_name,
    Booking.state,
    Booking.late,
    Service.kind,
    Service.ends_at,
    Service.short_name,
    Child.id,
    func.coalesce(ServiceGroup.name, ""),
    *noted.COLUMNS,
)
_ORDER = (
    Service.position,
    Service.id,
    Child.school,
    Child.class_name,
    Child.last_name,
    Child.first_name,
    Child.id,
)
# So many make a line of the list.
LINE = len(_COLUMNS)
_OF_DAY: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .join(Child, Child.id == Booking.child_id)
    .outerjoin(Attendance, noted.OF_BOOKING)
    .where(Booking.day == _DAY, Booking.state.in_(TOLD))
    .order_by(*_ORDER)
)
_OF_SERVICE = _OF_DAY.where(Service.slug == bindparam("slug"))
# The same, and what the health of each asks that day: a line for each mark, or one alone.
_WITH_HEALTH = (
    _OF_SERVICE.add_columns(HealthMark.kind.label("health"), HealthMark.words)
    .outerjoin(HealthMark, (HealthMark.child_id == Child.id) & (HealthMark.until >= _DAY))
    .order_by(HealthMark.kind, HealthMark.id)
)
_COUNTED = (
    select(
        Booking.service_id,
        func.count(case((Booking.state == BookingState.BOOKED, 1))).label("coming"),
    )
    .where(Booking.day == _DAY, Booking.state.in_(TOLD))
    .group_by(Booking.service_id)
    .cte("counted")
)
_ASKED = aliased(Booking)
_THEY = (
    select(_ASKED.child_id)
    .join(Service, Service.id == _ASKED.service_id)
    .where(_ASKED.day == _DAY, _ASKED.state.in_(TOLD), Service.slug == bindparam("slug"))
)
_IT = select(Service.id).where(Service.slug == bindparam("slug")).scalar_subquery()
_NOTHING = null()
# A row for each service that somebody comes to, then one for each of those asked who comes to
# another; what is said of a service is not said a thousand times.
_BESIDE = union_all(
    select(
        Service.position,
        Service.id,
        Service.slug,
        Service.name,
        Service.short_name,
        Service.kind,
        Service.ends_at,
        _COUNTED.c.coming,
        cast(_NOTHING, Integer).label("child_id"),
    ).join(Service, Service.id == _COUNTED.c.service_id),
    select(_NOTHING, Booking.service_id, *[_NOTHING] * 6, Booking.child_id).where(
        Booking.day == _DAY,
        Booking.state == BookingState.BOOKED,
        Booking.service_id != _IT,
        Booking.child_id.in_(_THEY),
    ),
).subquery()
_OF_BOTH: Select[*tuple[Any, ...]] = select(*_BESIDE.c)


def of_all(day: date) -> Sequence[Row[Any]]:
    """Read who comes to any service."""
    return db.rows(_OF_DAY, day=day)


def of_service(day: date, slug: str, *, with_health: bool) -> Sequence[Row[Any]]:
    """Read who comes to one, child by child."""
    return db.rows(_WITH_HEALTH if with_health else _OF_SERVICE, day=day, slug=slug)


def beside(day: date, slug: str) -> Sequence[Row[Any]]:
    """Read how many come to each service, and which of the children of one come to others too."""
    return db.rows(_OF_BOTH, day=day, slug=slug)
