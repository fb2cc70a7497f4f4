"""Erases the families whose day has come, as a job of each night."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.db import UtcDateTime
from app.models import FamilyErasure, FamilyRequest, Folder, RequestEventKind, RequestState
from app.services import journal
from app.services.actors import Command
from app.services.erasure.extent import Extent
from app.services.files import sweeping
from app.services.jobs.running import Task
from app.services.requests import erasures, moving
from app.services.requests.kinds import ACCOUNT_DELETION

_DUE = (
    select(FamilyErasure.id)
    .where(erasures.IS_OPEN, FamilyErasure.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(FamilyErasure.id)
)
_ASKED = select(FamilyRequest.id).where(
    FamilyRequest.family_id == bindparam("family_id"),
    FamilyRequest.kind == ACCOUNT_DELETION,
    FamilyRequest.state.in_(moving.OPEN),
)


def erase_by_night(task: Task) -> None:
    """Erase what is due, a family a transaction."""
    due = list(db.session().scalars(_DUE, {"now": datetime.now(UTC)}))
    for done, erasure_id in enumerate(due, start=1):
        erase(erasure_id)
        task.report(done, len(due))


def erase(erasure_id: int) -> bool:
    """Erase one family; False when something stands in the way: it is tried again next night."""
    with db.transaction() as session:
        erasure = session.get_one(FamilyErasure, erasure_id, with_for_update=True)
        if erasure.done_at or erasure.cancelled_at:
            return False
        if erasures.obstacle(session, erasure.family_id):
            return False
        files = _erase(session, erasure)
    with db.transaction():
        # Once nothing can bring the rows back. Should this be cut short, the purge does it.
        for folder, names in files.items():
            sweeping.remove_unnamed(folder, names)
    return True


def _erase(session: Session, erasure: FamilyErasure) -> dict[Folder, set[str]]:
    now = datetime.now(UTC)
    actor = Command(erasure.acted_by)
    asked = session.scalars(_ASKED, {"family_id": erasure.family_id})
    for request_id in asked.all():
        moving.move(session, request_id, moving.OPEN, RequestState.ACCEPTED)
        moving.note(session, request_id, RequestEventKind.ACCEPTED, actor)
    session.flush()
    connection = session.connection()
    extent = Extent(erasure.family_id, now)
    files = {folder: set(connection.scalars(names)) for folder, names in extent.files()}
    for step in extent.steps():
        connection.execute(step.statement)
    erasure.done_at = now
    journal.record_of_family(session, "family_erased", actor, erasure.family_id)
    return files
