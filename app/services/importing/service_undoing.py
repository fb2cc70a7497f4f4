"""The last files of services are undone: what they changed is put back, but what was touched since.

What they created goes; where somebody uses it, nothing is undone, and what uses it is told.
"""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from app import db
from app.db import Base
from app.formats import plural
from app.models import (
    CalendarSpan,
    Child,
    Custody,
    CustodyDay,
    CustodyProposal,
    Enrolment,
    Family,
    ImportRun,
    Place,
    Quotient,
    Service,
    ServiceGroup,
    ServiceLink,
    Tariff,
)
from app.services.actors import Actor
from app.services.bookings import places
from app.services.bookings.groups import group_work
from app.services.importing import going_back, service_since, undoing
from app.services.importing.options import Progress
from app.services.importing.putting_back import PuttingBack, created, referring
from app.services.importing.service_images import IMAGED
from app.services.importing.undoing import Named, Undone
from app.services.refusals import Reason, Refusal

STEPS = 2
SHOWN = 100
# How the report calls what is put back.
WORDS: dict[type[Base], str] = {
    Service: "services",
    ServiceLink: "services qui vont ensemble",
    ServiceGroup: "groupes",
    CalendarSpan: "lignes du calendrier",
    Tariff: "tarifs",
    Enrolment: "inscriptions",
    Custody: "semaines de garde",
    CustodyDay: "jours laissés à un foyer",
    CustodyProposal: "semaines proposées",
    Quotient: "quotients",
}
# What somebody may have said of a service since: one, several.
USES = {
    "attendance": ("pointage", "pointages"),
    "booking": ("réservation, même annulée", "réservations, même annulées"),
    "clerk_service": ("personne de l’équipe", "personnes de l’équipe"),
    "enrolment": ("inscription", "inscriptions"),
    "meal_order": ("commande de repas", "commandes de repas"),
    "place": ("jour aux places comptées", "jours aux places comptées"),
    "booking_refusal": ("jour refusé à une famille", "jours refusés à des familles"),
    "reminder_sent": ("rappel parti", "rappels partis"),
    "service_day": ("jour ouvert ou fermé à part", "jours ouverts ou fermés à part"),
    "service_group": ("groupe", "groupes"),
    "service_link": ("service qui va avec", "services qui vont avec"),
    "tariff": ("tarif", "tarifs"),
    "typical_day": ("semaine type", "semaines types"),
}
USED = (
    "«\u00a0{}\u00a0», créé par cet import, sert depuis\u00a0: {}. Corrigez à l’écran ce qui ne va "
    "pas, plutôt que d’annuler."
)


def undo(number: int, actor: Actor, progress: Progress) -> Undone:
    """Undo them, in one transaction; places are counted anew afterwards. Raises Refusal."""
    with db.transaction(undoing.PATIENCE_MS) as session:
        session.get(ImportRun, number, populate_existing=True, with_for_update=True)
        run = going_back.find(session, number)
        # Whoever books waits, and reads again what there is to book; who was first has it, and the
        # files stay. Of all children: the calendar that goes back is everybody's.
        places.lock_all_children(session)
        theirs = select(Service).where(Service.id.in_(service_since.services(number)))
        changed = [
            each.id for each in session.scalars(theirs.order_by(Service.id).with_for_update())
        ]
        service_since.check(session, run)
        progress(1, STEPS)
        undone = _put_back(session)
        undoing.settle(session, run, undone, actor)
    _count_places(changed)
    return undone


def whichever(number: int, actor: Actor, progress: Progress = lambda _done, _total: None) -> Undone:
    """Undo the last import of families, or of services, as the number says. Raises Refusal."""
    run = db.session().get(ImportRun, number)
    is_of_services = run is not None and run.of_services
    return (undo if is_of_services else undoing.undo)(number, actor, progress)


def _put_back(session: Session) -> Undone:
    connection, undone = session.connection(), Undone()
    tables = [PuttingBack(connection, cast(Table, model.__table__)) for model in IMAGED]
    for each in tables:
        each.prepare()
    put = {each.name: each.insert() for each in tables}
    for each in tables:
        put[each.name] += each.restore_references()
    # Nobody is in them, or the service stays.
    connection.execute(
        delete(Place).where(Place.service_id.in_(created(Service)), Place.taken == 0)
    )
    gone = {each.name: each.remove_created() for each in reversed(tables)}
    for model in (ServiceGroup, Service):
        _refuse_used(session, model)
    for each in tables:
        put[each.name] -= each.restore()
        undone.kept_count += each.touched
        undone.kept += _named(session, each, SHOWN - len(undone.kept))
        each.forget()
    session.expire_all()
    undone.back = {
        words: (gone[model.__tablename__], put[model.__tablename__])
        for model, words in WORDS.items()
        if gone[model.__tablename__] or put[model.__tablename__]
    }
    return undone


def _refuse_used(session: Session, model: type[Service | ServiceGroup]) -> None:
    """Raise Refusal where something of others refers to what was created."""
    held = session.execute(
        select(model.id, model.name).where(model.id.in_(created(model))).order_by(model.id)
    ).first()
    if held is None:
        return
    told = []
    for key in referring(cast(Table, model.__table__)):
        used = select(func.count()).select_from(key.parent.table).where(key.parent == held.id)
        if count := session.scalar(used):
            told.append(plural(count, *USES[key.parent.table.name]))
    raise Refusal(Reason.CLOSED, USED.format(held.name, ", ".join(told)))


def _named(session: Session, of: PuttingBack, most: int) -> Iterator[Named]:
    words = next(words for model, words in WORDS.items() if model.__table__ is of.table)
    for row in of.named("touched", most):
        family = session.get(Family, row["family_id"]) if "family_id" in row else None
        yield words, family.number if family else "", _name(session, row)


def _name(session: Session, row: dict[str, Any]) -> str:
    if "child_id" in row:
        child = session.get_one(Child, row["child_id"])
        return f"{child.first_name} {child.last_name}"
    if "name" in row:
        return str(row["name"])
    service = session.get(Service, row.get("service_id", 0))
    return service.name if service else ""


def _count_places(numbers: list[int]) -> None:
    """Have each day to come count where its children are by now, in as many places as there are."""
    offered = select(Service.id).where(Service.id.in_(numbers), Service.archived_at.is_(None))
    for number in db.session().scalars(offered.order_by(Service.id)).all():
        group_work.settle(number)
