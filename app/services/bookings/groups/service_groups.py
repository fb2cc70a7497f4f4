"""The town parts a service in groups, each with places of its own; days to come follow at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, plural, today
from app.models import Booking, Enrolment, Place, Service, ServiceGroup
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import capacities
from app.services.bookings.groups import group_work, moving
from app.services.bookings.groups.group_work import Errand, Followed
from app.services.refusals import Reason, Refusal

LONGEST_NAME = 100
MOST_GROUPS = 20
NO_SERVICE = "ce service n’existe pas"
NO_GROUP = "ce groupe n’est plus là"
NO_NAME = "donnez un nom au groupe"
NO_PLACES = "dites combien de places a le groupe, en chiffres"
SAME_NAME = "un autre groupe du service porte ce nom"
TOO_MANY = f"un service a {MOST_GROUPS} groupes au plus"
SAID = "des inscriptions nomment ce groupe\u00a0: donnez-leur un autre groupe d’abord"
_NUMBER: BindParameter[int] = bindparam("service_id")
_COMING = select(func.count(Booking.id)).where(
    Booking.service_id == _NUMBER,
    Booking.group_id == bindparam("group_id"),
    Booking.day >= bindparam("today", type_=Date),
    Booking.state.in_(moving.COUNTED),
)
# Those that have a place, which each day counts: a great town has a million bookings.
_HELD = (
    select(func.coalesce(func.sum(Place.taken), 0))
    .where(
        Place.service_id == ServiceGroup.service_id,
        Place.group_id == ServiceGroup.id,
        Place.day >= bindparam("today", type_=Date),
    )
    .scalar_subquery()
)
_LISTED: Any = (
    select(
        ServiceGroup.id,
        ServiceGroup.name,
        ServiceGroup.capacity,
        ServiceGroup.schools,
        ServiceGroup.classes,
        _HELD.label("coming"),
    )
    .where(ServiceGroup.service_id == _NUMBER)
    .order_by(ServiceGroup.id)
)


class Told(NamedTuple):
    """What the town says of a group; schools and classes that name none are all."""

    name: str
    capacity: int | None
    schools: Sequence[str] = ()
    classes: Sequence[str] = ()


class Shown(NamedTuple):
    """A group, and how many days to come have a place in it."""

    number: int
    name: str
    capacity: int
    schools: Sequence[str]
    classes: Sequence[str]
    coming: int

    @property
    def whom(self) -> str:
        """Say which children are in it."""
        schools = ", ".join(self.schools) or "toutes les écoles"
        return f"{schools}{NBSP}: {', '.join(self.classes) or 'toutes les classes'}"


def listed(service_id: int) -> list[Shown]:
    """Read those of a service: a child is in the first that takes it."""
    return [Shown(*row) for row in db.rows(_LISTED, service_id=service_id, today=today())]


def add(service_id: int, told: Told, by: Actor, most_parts: int | None = None) -> Followed:
    """Add one; days to come count where their child is by now, part by part. Raises Refusal."""
    with db.transaction() as session:
        service = _service(session, service_id)
        put(session, None, service_id, told)
        job, errand = _ask(session, service, by)
    return group_work.follow(job, errand, most_parts)


def change(
    service_id: int, number: int, told: Told, by: Actor, most_parts: int | None = None
) -> Followed:
    """Change one; days to come count where their child is by now, part by part. Raises Refusal."""
    with db.transaction() as session:
        service = _service(session, service_id)
        put(session, _group(session, service_id, number), service_id, told)
        job, errand = _ask(session, service, by)
    return group_work.follow(job, errand, most_parts)


def remove(service_id: int, number: int, by: Actor, most_parts: int | None = None) -> Followed:
    """Take an empty one away. Raises Refusal while days to come count in it."""
    with db.transaction() as session:
        service = _service(session, service_id)
        group = _group(session, service_id, number)
        said = select(func.count(Enrolment.id)).where(Enrolment.group_id == number)
        if session.scalars(said).one():
            raise Refusal(Reason.CLOSED, SAID)
        asked = {"service_id": service_id, "group_id": number, "today": today()}
        if coming := session.scalars(_COMING, asked).one():
            days = plural(coming, "réservation à venir y compte", "réservations à venir y comptent")
            raise Refusal(
                Reason.CLOSED,
                f"{days}\u00a0: changez d’abord ses écoles ou ses classes, elles iront ailleurs",
            )
        session.delete(group)
        job, errand = _ask(session, service, by)
    return group_work.follow(job, errand, most_parts)


def put(session: Session, group: ServiceGroup | None, service_id: int, told: Told) -> None:
    """Write one, or a new one, in the caller's transaction. Raises Refusal for what cannot be."""
    name = " ".join(told.name.split())
    if not name:
        raise Refusal(Reason.MISSING, NO_NAME)
    if told.capacity is None or not 0 < told.capacity <= capacities.MOST_PLACES:
        raise Refusal(Reason.UNFIT, NO_PLACES)
    there = select(ServiceGroup.name).where(ServiceGroup.service_id == service_id)
    others = set(session.scalars(there)) - ({group.name} if group else set())
    if name in others:
        raise Refusal(Reason.SAME, SAME_NAME)
    if len(others) >= MOST_GROUPS:
        raise Refusal(Reason.TOO_MANY, TOO_MANY)
    group = group or ServiceGroup(service_id=service_id)
    group.name, group.capacity = name, told.capacity
    group.schools, group.classes = list(told.schools), list(told.classes)
    session.add(group)
    session.flush()


def _ask(session: Session, service: Service, by: Actor) -> tuple[int, Errand]:
    """Have what is booked follow, once what the town says now is what everybody reads."""
    session.flush()
    capacities.tell_again(session, service)
    journal.record(session, "service_changed", by, about=service.name)
    errand = Errand(service.id)
    return group_work.ask(session, errand), errand


def _service(session: Session, number: int) -> Service:
    service = session.get(Service, number)
    if service is None or service.archived_at:
        raise Refusal(Reason.UNKNOWN, NO_SERVICE)
    return service


def _group(session: Session, service_id: int, number: int) -> ServiceGroup:
    group = session.get(ServiceGroup, number)
    if group is None or group.service_id != service_id:
        raise Refusal(Reason.UNKNOWN, NO_GROUP)
    return group
