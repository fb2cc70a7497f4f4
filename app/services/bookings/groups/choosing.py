"""The group of one child, where its school and its class do not say it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Child, Enrolment, Service, ServiceGroup
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import places, waiting
from app.services.bookings.groups import moving
from app.services.refusals import Reason, Refusal


@dataclass(frozen=True, slots=True)
class Choice:
    """An enrolment of a child, the groups that there are, and the one that it says."""

    child: str
    service: str
    groups: Sequence[tuple[int, str]]
    said: int | None


def find(family_id: int, number: int) -> Choice | None:
    """Find an enrolment at a service that has groups; another family's does not exist."""
    found = _find(db.session(), family_id, number)
    if found is None:
        return None
    enrolment, child, service = found
    groups = _groups(db.session(), service.id)
    return Choice(child, service.name, groups, enrolment.group_id) if groups else None


def choose(family_id: int, number: int, group: int | None, by: Actor) -> int:
    """Say it, or leave it to the school and the class; days to come follow at once.

    Return how many of them count elsewhere by now. Raises Refusal.
    """
    with db.transaction() as session:
        found = _find(session, family_id, number)
        if found is None:
            raise Refusal(Reason.UNKNOWN, "cette inscription n’est plus là")
        enrolment, _, service = found
        if group not in {None, *(each for each, _ in _groups(session, service.id))}:
            raise Refusal(Reason.UNFIT, "choisissez un groupe de ce service")
        # Whoever books for it reads one or the other, and what is saved by then follows.
        places.lock_children(session, [enrolment.child_id])
        enrolment.group_id = group
        moved = moving.move_child(session, service.id, enrolment.child_id)
        waiting.tell(session, moved.found)
        journal.record_of_family(
            session, "child_group_said", by, family_id,
            child=str(enrolment.child_id), about=service.name,
        )  # fmt: skip
        return moved.days


def _find(session: Session, family_id: int, number: int) -> tuple[Enrolment, str, Service] | None:
    found = session.execute(
        select(Enrolment, Child.first_name, Service)
        .join(Child, Child.id == Enrolment.child_id)
        .join(Service, Service.id == Enrolment.service_id)
        .where(
            Enrolment.id == number,
            Enrolment.family_id == family_id,
            Service.archived_at.is_(None),
        )
    ).first()
    return None if found is None else (found[0], found[1], found[2])


def _groups(session: Session, service_id: int) -> list[tuple[int, str]]:
    found = session.execute(
        select(ServiceGroup.id, ServiceGroup.name)
        .where(ServiceGroup.service_id == service_id)
        .order_by(ServiceGroup.id)
    )
    return [(row.id, row.name) for row in found]
