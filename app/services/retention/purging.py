"""Removes what was kept long enough: by night, or by a command."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import CursorResult, select, tuple_, update
from sqlalchemy.orm import Session

from app import db
from app.models import RequestEvent
from app.services import journal
from app.services.actors import PORTAL, Actor
from app.services.files import sweeping
from app.services.files.store import StoreAway
from app.services.jobs.running import Task
from app.services.retention.rules import Rule
from app.services.retention.schedule import A_DAY, RULES

AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of one kind were removed."""

    count: int
    name: str
    plural: str


def purge(actor: Actor) -> list[Purged]:
    """Remove what was kept long enough. Done once more, it finds nothing.

    Raises StoreAway when files cannot be listed, once the rows are removed all the same.
    """
    now = datetime.now(UTC)
    counts = [(rule, _remove(rule, now)) for rule in RULES]
    files, away = 0, None
    # Once no row names them any more.
    try:
        files = sweeping.sweep()
    except StoreAway as error:
        away = error
    with db.transaction() as session:
        _forget_what_was_replaced(session, now - A_DAY)
        if files or any(count for _, count in counts):
            figures = {rule.key: str(count) for rule, count in counts}
            figures["files"] = str(files)
            journal.record(session, "purge", actor, None, **figures)
    if away:
        raise away
    return [
        *(Purged(count, rule.name, rule.plural) for rule, count in counts),
        Purged(files, "fichier abandonné", "fichiers abandonnés"),
    ]


def purge_by_night(_task: Task) -> None:
    """Do it as the job of each night."""
    purge(PORTAL)


def _remove(rule: Rule, now: datetime) -> int:
    """Remove them some at a time: while a million rows go, others write."""
    key = rule.table.__mapper__.primary_key
    some = select(*key).where(rule.ended_before(now - rule.kept)).limit(AT_A_TIME)
    statement = rule.statement(now).where(tuple_(*key).in_(some))
    removed = [AT_A_TIME]
    while removed[-1] == AT_A_TIME:
        # What a power cut brings back goes another night.
        with db.transaction(durable=False) as session:
            done = session.execute(statement, execution_options={"synchronize_session": False})
            assert isinstance(done, CursorResult)
            removed.append(done.rowcount)
    return sum(removed[1:])


def _forget_what_was_replaced(session: Session, limit: datetime) -> None:
    """Empty what lets the town hall go back on an answer, once nobody may."""
    session.execute(
        update(RequestEvent)
        .where(RequestEvent.before.is_not(None), RequestEvent.at < limit)
        .values(before=None)
        .execution_options(synchronize_session=False)
    )
