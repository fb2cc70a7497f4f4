"""The town enrols the children of a school at a service, all at once."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, Date, bindparam, func, or_, select

from app import db
from app.models import Child, Enrolment, Family, FamilyChild, Service
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

_NUMBER: BindParameter[int] = bindparam("service_id")
_DAY = bindparam("day", type_=Date)
_GOES_ON = or_(Enrolment.last.is_(None), Enrolment.last >= _DAY)
_HERE = Child.erased_at.is_(None) & Family.archived_at.is_(None)
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
        service = session.get(Service, number)
        if service is None or service.archived_at:
            raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
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
        session.add_all(
            Enrolment(child_id=child, family_id=family, service_id=number, first=first)
            for child, family in found
        )
        children = len({child for child, _ in found})
        if children:
            journal.record(
                session, "children_enrolled", by, about=service.name, count=str(children)
            )
        return children
