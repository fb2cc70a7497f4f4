"""The town enrols one child at a service, for one of its homes: a newcomer, somebody forgotten."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app import db
from app.formats import today
from app.models import FAMILY, Child, Enrolment, Family, FamilyChild, Service, ServiceGroup
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

_DAY = bindparam("day", type_=Date)
_GOES_ON = or_(Enrolment.last.is_(None), Enrolment.last >= _DAY)
_OTHER = aliased(ServiceGroup)
_THERE: Select[*tuple[Any, ...]] = (
    select(
        Enrolment.id,
        Child.first_name,
        Service.name,
        Enrolment.first,
        Enrolment.last,
        func.coalesce(ServiceGroup.name, "").label("group"),
        select(_OTHER.id).where(_OTHER.service_id == Service.id).exists().label("has_groups"),
    )
    .join(Child, Child.id == Enrolment.child_id)
    .join(Service, Service.id == Enrolment.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Enrolment.group_id)
    .where(Enrolment.family_id == FAMILY, Service.archived_at.is_(None), _GOES_ON)
    .order_by(Child.birth_date, Child.id, Service.position, Service.id, Enrolment.first)
)
_NUMBER: Select[*tuple[Any, ...]] = select(Family.number).where(Family.id == FAMILY)
_SERVICES: Select[*tuple[Any, ...]] = (
    select(Service.id, Service.name)
    .where(Service.archived_at.is_(None))
    .order_by(Service.position, Service.id)
)


class Enrolled(NamedTuple):
    """A child of the family who may book a service."""

    number: int
    child: str
    service: str
    first: date
    last: date | None
    # That the town says; empty where it follows from the school and the class.
    group: str
    has_groups: bool


def family_number(family_id: int) -> str | None:
    """Return how the town numbers a family; None where there is none."""
    for (number,) in db.rows(_NUMBER, family_id=family_id):
        return str(number)
    return None


def of_family(family_id: int) -> list[Enrolled]:
    """List what goes on, or is to begin."""
    return [Enrolled(*row) for row in db.rows(_THERE, family_id=family_id, day=today())]


def services() -> list[tuple[int, str]]:
    """List those that the town offers."""
    return [(row.id, row.name) for row in db.rows(_SERVICES)]


def enrol(family_id: int, public_id: str, number: int, first: date, by: Actor) -> str:
    """Let this home book it for the child from a day on; return the child's first name.

    Raises Refusal where there is no such child or service, or where it may already.
    """
    with db.transaction() as session:
        child = session.scalars(
            select(Child)
            .join(FamilyChild, FamilyChild.child_id == Child.id)
            .where(FamilyChild.family_id == family_id, Child.public_id == public_id)
        ).first()
        service = session.get(Service, number)
        if child is None or service is None or service.archived_at:
            raise Refusal(Reason.UNKNOWN, "choisissez un enfant et un service")
        there = select(Enrolment.id).where(
            Enrolment.child_id == child.id,
            Enrolment.service_id == service.id,
            Enrolment.family_id == family_id,
            or_(Enrolment.last.is_(None), Enrolment.last >= first),
        )
        if session.scalars(there).first():
            raise Refusal(Reason.SAME, f"{child.first_name} y est déjà inscrit pour cette famille")
        session.add(
            Enrolment(child_id=child.id, service_id=service.id, family_id=family_id, first=first)
        )
        journal.record_of_family(
            session, "child_enrolled", by, family_id, child=str(child.id), about=service.name
        )
        return child.first_name


def stop(family_id: int, number: int, by: Actor) -> str | None:
    """Have it end yesterday; return the child's first name, None for another family's.

    What is booked stays. What has not begun is gone.
    """
    with db.transaction() as session:
        found = session.execute(
            select(Enrolment, Child.first_name, Service.name)
            .join(Child, Child.id == Enrolment.child_id)
            .join(Service, Service.id == Enrolment.service_id)
            .where(Enrolment.id == number, Enrolment.family_id == family_id)
        ).first()
        if found is None:
            return None
        enrolment, first_name, service = found
        if enrolment.first >= today():
            session.delete(enrolment)
        else:
            enrolment.last = today() - timedelta(days=1)
        journal.record_of_family(
            session, "child_unenrolled", by, family_id, child=str(enrolment.child_id), about=service
        )
        return str(first_name)
