"""A service parted by school, and what is so of its groups whatever was done to a day."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import HOLDING, Booking, Child, Place, Service, ServiceGroup
from app.services.bookings import recounting
from app.services.bookings.groups import service_groups
from app.services.bookings.groups.service_groups import Told
from tests.support.last_place import ALONG, SCHOOLS, SLUG
from tests.support.people import TOWN_HALL


def part(app: Flask, *capacities: int) -> list[int]:
    """Part the service of the last place by school; return the numbers of its groups."""
    with app.app_context():
        service = service_id()
        for school, capacity in zip(SCHOOLS, capacities, strict=False):
            service_groups.add(service, Told(school, capacity, (school,)), TOWN_HALL)
        return [each.number for each in service_groups.listed(service)]


def service_id(slug: str = SLUG) -> int:
    return db.session().scalars(select(Service.id).where(Service.slug == slug)).one()


def check(day: date) -> None:
    """Each group counts its own, and holds no more than it has."""
    session = db.session()
    session.rollback()
    rows = session.scalars(select(Booking).where(Booking.day == day)).all()
    counted = {
        (each.service_id, each.group_id, each.day): each
        for each in session.scalars(select(Place).where(Place.day == day))
    }
    for key, place in counted.items():
        held = sum(
            (each.service_id, each.group_id, each.day) == key
            for each in rows
            if each.state in HOLDING
        )
        assert place.taken == held <= place.capacity
    held_in = {(each.service_id, each.group_id, each.day) for each in rows if each.state in HOLDING}
    limited = set(session.scalars(select(ServiceGroup.id)))
    assert {key for key in held_in if key[1] in limited} <= counted.keys()
    assert not [each for each in recounting.differences() if each.day == day]
    # All of a day whose child has it have what comes along.
    numbers_of = dict(session.execute(select(Service.slug, Service.id)).all())
    along = {
        each.child_id
        for each in rows
        if each.service_id == numbers_of[ALONG] and each.state in HOLDING
    }
    meals = {
        each.child_id
        for each in rows
        if each.service_id == numbers_of[SLUG] and each.state in HOLDING
    }
    assert meals <= along


def states(day: date) -> dict[str, tuple[str, str]]:
    """Read what each child has, and in which group."""
    rows = db.session().execute(
        select(Child.source_id, Booking.state, func.coalesce(ServiceGroup.name, ""))
        .join(Child, Child.id == Booking.child_id)
        .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
        .where(Booking.day == day, Booking.service_id == service_id())
        .order_by(Child.id)
    )
    return {source_id: (state.value, group) for source_id, state, group in rows}


def roomy(app: Flask) -> None:
    """Have as many as come of what comes along."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == ALONG).values(capacity=None))
