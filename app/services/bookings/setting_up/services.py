"""The town sets a service up: its days, its hours, its limits, what it brings.

A limit that changes never touches what is booked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import BookingState, Late, LinkKind, ServiceMode, Waiting
from app.formats import fold, plural, today
from app.models import HOLDING, Booking, Service, ServiceKind, ServiceLink
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import capacities, waiting
from app.services.bookings.judge import notation
from app.services.bookings.judge.links import Link, Links
from app.services.refusals import Reason, Refusal

END_OF_DAY = 24 * 60
MOST_ABSENCES = 99
# A month.
MOST_HOURS = 30 * 24
DAYS_A_WEEK = 7
NOT_IN_ADDRESSES = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG = 50
KINDS = {
    ServiceKind.CANTEEN: "Cantine",
    ServiceKind.GARDERIE: "Garderie",
    ServiceKind.MIDDAY: "Pause méridienne",
    ServiceKind.LEISURE: "Centre de loisirs",
    ServiceKind.OTHER: "Autre",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the town says of a service; days of the week are 0 for Monday."""

    name: str
    kind: ServiceKind
    weekdays: frozenset[int]
    short_name: str = ""
    operator: str = ""
    starts_at: int | None = None
    ends_at: int | None = None
    in_terms: bool = True
    in_holidays: bool = False
    mode: ServiceMode = ServiceMode.DAYS
    capacity: int | None = None
    waiting: Waiting = Waiting.NONE
    book_rule: str = ""
    cancel_rule: str = ""
    absence_rule: str = ""
    shift: bool = False
    due_absences: int | None = None
    # How many hours a family has to prove an absence; None: nothing proves it.
    proof_hours: int | None = None
    late: Late = Late.REFUSE
    # From when on one may book, whatever the day.
    opens_at: datetime | None = None


# What is said of other services, by their numbers.
Others = Mapping[LinkKind, frozenset[int]]
RULES = ("book_rule", "cancel_rule", "absence_rule")
_COLUMNS = [each.name for each in fields(Described) if each.name not in {"weekdays", *RULES}]


def add(told: Described, others: Others, by: Actor) -> int:
    """Add a service; return its number. Raises Refusal for what cannot be."""
    with db.transaction() as session:
        number = write(session, None, told)
        link(session, {number: others})
        journal.record(session, "service_added", by, about=told.name)
        return number


def change(
    number: int, told: Described, others: Others, by: Actor, most_parts: int | None = None
) -> None:
    """Change a service; what is booked stays as it is, and who waits may have what it has more of.

    The background gives what is left after so many parts. Raises Refusal for what cannot be.
    """
    # Loaded when a service changes: every start reads this module.
    from app.services.bookings.groups import group_work

    with db.transaction() as session:
        service = session.get(Service, number)
        if service is None or service.archived_at:
            raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
        write(session, service, told)
        link(session, {number: others})
        journal.record(session, "service_changed", by, about=told.name)
        errand = group_work.Errand(number, moves=False)
        job = group_work.ask(session, errand) if waiting.awaited(number) else None
    if job is not None:
        group_work.follow(job, errand, most_parts)


def move(number: int, by: Actor, *, earlier: bool) -> str:
    """Have a service be listed before its neighbour, or after; return its name.

    The first one stays the first, and the last one the last. Raises Refusal when there is none.
    """
    with db.transaction() as session:
        there = select(Service).where(Service.archived_at.is_(None))
        listed = list(session.scalars(there.order_by(Service.position, Service.id)))
        at = next((at for at, each in enumerate(listed) if each.id == number), None)
        if at is None:
            raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
        moved = listed.pop(at)
        to = max(at - 1, 0) if earlier else at + 1
        listed.insert(to, moved)
        for position, each in enumerate(listed):
            each.position = position
        if listed.index(moved) != at:
            journal.record(session, "service_moved", by, about=moved.name)
        return moved.name


def end(number: int, by: Actor) -> None:
    """Offer it no more; its history stays. Raises Refusal when there is none."""
    with db.transaction() as session:
        service = session.get(Service, number)
        if service is None or service.archived_at:
            raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
        coming = _coming(session, number)
        if coming:
            raise Refusal(
                Reason.CLOSED,
                f"{plural(coming, 'réservation est à venir', 'réservations sont à venir')}\u00a0:"
                " ce service s’arrête quand il n’y en a plus",
            )
        service.archived_at = datetime.now(UTC)
        journal.record(session, "service_ended", by, about=service.name)


def write(session: Session, service: Service | None, told: Described, source_id: str = "") -> int:
    """Write a service in the caller's transaction; return its number.

    One that no software names is called in files as in addresses.
    """
    check(told)
    rules = {name: canonical(getattr(told, name)) for name in RULES}
    capacity = service.capacity if service else None
    if service is None:
        position = len(session.scalars(select(Service.id)).all())
        slug = _slug(session, told.name)
        service = Service(source_id=source_id or slug, slug=slug, position=position)
        session.add(service)
    for name in _COLUMNS:
        setattr(service, name, getattr(told, name))
    for name, rule in rules.items():
        setattr(service, name, rule)
    service.weekdays = bits(told.weekdays)
    service.archived_at = None
    session.flush()
    if capacity is None and told.capacity is not None:
        capacities.recount(session, service)
    elif told.capacity != capacity:
        capacities.tell_again(session, service)
    return service.id


def link(session: Session, said: Mapping[int, Others]) -> None:
    """Have services say this of others, in place of what they said. Raises Refusal for a circle."""
    session.execute(delete(ServiceLink).where(ServiceLink.service_id.in_(said)))
    session.add_all(
        ServiceLink(service_id=service, other_id=other, kind=kind)
        for service, others in said.items()
        for kind, numbers in others.items()
        for other in sorted(numbers)
    )
    _check_twice(said)
    session.flush()
    rows = session.execute(
        select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
            ServiceLink.service_id, ServiceLink.other_id
        )
    )
    Links(tuple(Link(*row) for row in rows))


def canonical(rule: str) -> str:
    """Write a rule as the portal does; an empty one stays so. Raises Refusal for what is none."""
    return notation.write(notation.parse(rule)) if rule.strip() else ""


def bits(weekdays: frozenset[int]) -> int:
    """Write days of the week as a number."""
    return sum(1 << day for day in weekdays)


def days(number: int) -> frozenset[int]:
    """Read them again."""
    return frozenset(day for day in range(DAYS_A_WEEK) if number & 1 << day)


def check(told: Described) -> None:
    """Refuse what cannot be. Raises Refusal."""
    if not told.name.strip():
        raise Refusal(Reason.MISSING, "donnez un nom au service")
    if not told.weekdays:
        raise Refusal(Reason.MISSING, "dites quels jours de la semaine le service est ouvert")
    if not (told.in_terms or told.in_holidays):
        raise Refusal(Reason.MISSING, "dites si c’est pendant l’école, les vacances, ou les deux")
    starts, ends = told.starts_at, told.ends_at
    if starts is not None and ends is not None and not 0 <= starts < ends <= END_OF_DAY:
        raise Refusal(
            Reason.UNFIT, "le service finit après avoir commencé\u00a0: vérifiez les heures"
        )
    if told.due_absences is not None and told.due_absences > MOST_ABSENCES:
        raise Refusal(Reason.UNFIT, "le nombre d’absences dues est trop grand\u00a0: vérifiez-le")
    if told.proof_hours is not None and not 0 < told.proof_hours <= MOST_HOURS:
        raise Refusal(
            Reason.UNFIT,
            f"un justificatif arrive en 1 à {MOST_HOURS} heures\u00a0; vide, il n’y en a pas",
        )
    if told.capacity is not None and not 0 < told.capacity <= capacities.MOST_PLACES:
        raise Refusal(Reason.UNFIT, "le nombre de places commence à 1\u00a0; vide, il n’y en a pas")


def _coming(session: Session, number: int) -> int:
    """Count what is booked of days to come."""
    booked = Booking.state.in_((*HOLDING, BookingState.WAITING))
    return session.scalars(
        select(func.count(Booking.id)).where(
            Booking.service_id == number, Booking.day >= today(), booked
        )
    ).one()


def _check_twice(said: Mapping[int, Others]) -> None:
    """Refuse two things said of one service, and what a service says of itself."""
    for service, others in said.items():
        named: Sequence[Any] = [each for numbers in others.values() for each in numbers]
        if service in named:
            raise Refusal(Reason.UNFIT, "un service ne dit rien de lui-même")
        if len(set(named)) < len(named):
            raise Refusal(
                Reason.UNFIT, "d’un autre service, dites une seule chose\u00a0: entraîne, ou exclut"
            )


def _slug(session: Session, name: str) -> str:
    """Make the name that addresses have, which is nobody else's."""
    start = NOT_IN_ADDRESSES.sub("-", fold(name)).strip("-")[:LONGEST_SLUG] or "service"
    taken = {
        name for row in session.execute(select(Service.slug, Service.source_id)) for name in row
    }
    number, slug = 1, start
    while slug in taken:
        number += 1
        slug = f"{start}-{number}"
    return slug
