"""The town enrols children at a service: a school at once, or all whose request it accepted."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import ServiceKind
from app.calendar import school_years
from app.models import (
    Child,
    Enrolment,
    Family,
    FamilyChild,
    FamilyRequest,
    RequestState,
    Service,
)
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

_NUMBER: BindParameter[int] = bindparam("service_id")
_DAY = bindparam("day", type_=Date)
_GOES_ON = or_(Enrolment.last.is_(None), Enrolment.last >= _DAY)
_HERE = Child.erased_at.is_(None) & Family.archived_at.is_(None)
# Which requests of families ask for a service of this sort.
_ASKED_BY = {
    ServiceKind.CANTEEN: "canteen",
    ServiceKind.GARDERIE: "garderie",
    ServiceKind.MIDDAY: "garderie",
}
_BY_SCHOOL = (
    select(
        Child.school,
        func.count(Child.id.distinct()).label("children"),
        func.count(Enrolment.child_id.distinct()).label("enrolled"),
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .outerjoin(
        Enrolment,
        (Enrolment.child_id == Child.id) & (Enrolment.service_id == _NUMBER) & _GOES_ON,
    )
    .where(_HERE)
    .group_by(Child.school)
    .order_by(Child.school)
)

_ACCEPTED = (
    select(FamilyRequest.child_id, FamilyRequest.family_id, FamilyRequest.details)
    .join(
        FamilyChild,
        (FamilyChild.child_id == FamilyRequest.child_id)
        & (FamilyChild.family_id == FamilyRequest.family_id),
    )
    .join(Child, Child.id == FamilyRequest.child_id)
    .join(Family, Family.id == FamilyRequest.family_id)
    .where(
        _HERE,
        FamilyRequest.kind == bindparam("kind"),
        FamilyRequest.state == RequestState.ACCEPTED,
        ~select(Enrolment.id)
        .where(
            Enrolment.child_id == FamilyRequest.child_id,
            Enrolment.family_id == FamilyRequest.family_id,
            Enrolment.service_id == _NUMBER,
            _GOES_ON,
        )
        .exists(),
    )
    .order_by(FamilyRequest.id)
)


class School(NamedTuple):
    """A school: how many of its children there are, and how many may come."""

    name: str
    children: int
    enrolled: int


def by_school(number: int, on: date) -> list[School]:
    """Count them; children without a school are together, under no name."""
    return [School(*row) for row in db.rows(_BY_SCHOOL, service_id=number, day=on)]


def enrol(number: int, school: str, first: date, by: Actor) -> int:
    """Enrol all children of a school from a day on, in each of their homes; count the new ones.

    Whoever is enrolled by then stays so. Raises Refusal for a service that is gone.
    """
    with db.transaction() as session:
        service = _offered(session, number)
        there = select(Enrolment.id).where(
            Enrolment.child_id == FamilyChild.child_id,
            Enrolment.family_id == FamilyChild.family_id,
            Enrolment.service_id == _NUMBER,
            _GOES_ON,
        )
        homes = (
            select(FamilyChild.child_id, FamilyChild.family_id)
            .join(Child, Child.id == FamilyChild.child_id)
            .join(Family, Family.id == FamilyChild.family_id)
            .where(_HERE, Child.school == bindparam("school"), ~there.exists())
            .order_by(FamilyChild.child_id, FamilyChild.family_id)
        )
        asked = {"service_id": number, "school": school, "day": first}
        found = session.execute(homes, asked).all()
        return _add(session, service, [(*home, first) for home in found], by)


def accepted(number: int, kind: ServiceKind, on: date) -> list[tuple[int, int, date]]:
    """List who was accepted there this school year and is not enrolled: child, family, since when.

    Those are the requests for the canteen or the garderie that families sent before it was booked.
    """
    since = school_years.of(on).first_day
    found: dict[tuple[int, int], date] = {}
    rows = db.rows(_ACCEPTED, kind=_ASKED_BY.get(kind, ""), service_id=number, day=on)
    for child, family, details in rows:
        starts_on = str(details.get("starts_on", ""))
        if child and starts_on >= since.isoformat():
            found[child, family] = date.fromisoformat(starts_on)
    return [(*home, first) for home, first in found.items()]


def enrol_accepted(number: int, on: date, by: Actor) -> int:
    """Enrol them; count the children. Raises Refusal for a service that is gone."""
    with db.transaction() as session:
        service = _offered(session, number)
        return _add(session, service, accepted(number, service.kind, on), by)


def _offered(session: Session, number: int) -> Service:
    service = session.get(Service, number)
    if service is None or service.archived_at:
        raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
    return service


def _add(
    session: Session, service: Service, homes: Sequence[tuple[int, int, date]], by: Actor
) -> int:
    session.add_all(
        Enrolment(child_id=child, family_id=family, service_id=service.id, first=first)
        for child, family, first in homes
    )
    children = len({child for child, *_ in homes})
    if children:
        journal.record(session, "children_enrolled", by, about=service.name, count=str(children))
    return children
