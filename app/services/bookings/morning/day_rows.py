"""The rows of a day's list: of all services, or of one, with what its children come to beside."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Row, Select, bindparam, case, func, select
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
_OF_SERVICE_TOO = Booking.child_id.in_(
    select(_ASKED.child_id)
    .join(Service, Service.id == _ASKED.service_id)
    .where(_ASKED.day == _DAY, _ASKED.state.in_(TOLD), Service.slug == bindparam("slug"))
)
# Every service that somebody comes to has a line, without a child if none of those asked does.
_OF_SERVICE: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS, _COUNTED.c.coming)
    .select_from(_COUNTED)
    .join(Service, Service.id == _COUNTED.c.service_id)
    .outerjoin(
        Booking,
        (Booking.service_id == Service.id)
        & (Booking.day == _DAY)
        & Booking.state.in_(TOLD)
        & _OF_SERVICE_TOO,
    )
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .outerjoin(Child, Child.id == Booking.child_id)
    .outerjoin(Attendance, noted.OF_BOOKING)
    .order_by(*_ORDER)
)
# The same, and what the health of each asks that day: a line for each mark, or one alone.
_WITH_HEALTH = (
    _OF_SERVICE.add_columns(HealthMark.kind.label("health"), HealthMark.words)
    .outerjoin(HealthMark, (HealthMark.child_id == Child.id) & (HealthMark.until >= _DAY))
    .order_by(HealthMark.kind, HealthMark.id)
)


def of_all(day: date) -> Sequence[Row[Any]]:
    """Read who comes to any service."""
    return db.rows(_OF_DAY, day=day)


def of_service(day: date, slug: str, *, with_health: bool) -> Sequence[Row[Any]]:
    """Read who comes to one, wherever else they come, and how many come to each."""
    return db.rows(_WITH_HEALTH if with_health else _OF_SERVICE, day=day, slug=slug)
