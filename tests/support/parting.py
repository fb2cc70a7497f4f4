"""Services parted into groups, school by school, as random acts have it."""

from sqlalchemy import delete, select, update

from app import db
from app.models import Booking, Child, Enrolment, Place, Service, ServiceGroup
from app.services.bookings.groups import choosing, service_groups
from app.services.bookings.groups.service_groups import Told
from tests.support import random_acts as acted
from tests.support.people import TOWN_HALL


def part(act: acted.Part) -> None:
    """Have a group of a school, or none; its children follow."""
    number = _service(act.service)
    groups = {each.name: each.number for each in service_groups.listed(number)}
    told = Told(act.school, act.places, (act.school,))
    if act.goes and act.school in groups:
        # Its children go elsewhere first.
        service_groups.change(number, groups[act.school], told._replace(schools=("–",)), TOWN_HALL)
        service_groups.remove(number, groups[act.school], TOWN_HALL)
    elif act.school in groups:
        service_groups.change(number, groups[act.school], told, TOWN_HALL)
    elif not act.goes:
        service_groups.add(number, told, TOWN_HALL)


def place(family_id: int, act: acted.Place) -> None:
    """Say in which group a child is, by its number among those there are; past them, none."""
    number = _service(act.service)
    groups = [each.number for each in service_groups.listed(number)]
    enrolments = (
        select(Enrolment.id)
        .join(Child, Child.id == Enrolment.child_id)
        .where(
            Enrolment.family_id == family_id,
            Enrolment.service_id == number,
            Child.source_id == act.who[1],
        )
        .order_by(Enrolment.id)
    )
    for found in db.session().scalars(enrolments).all():
        chosen = groups[act.group] if act.group < len(groups) else None
        choosing.choose(family_id, found, chosen, TOWN_HALL)


def make_whole() -> None:
    """Have no group left of the example before."""
    with db.transaction() as session:
        session.execute(update(Enrolment).values(group_id=None))
        session.execute(update(Booking).values(group_id=0))
        session.execute(delete(Place))
        session.execute(delete(ServiceGroup))


def _service(slug: str) -> int:
    return db.session().scalars(select(Service.id).where(Service.slug == slug)).one()
