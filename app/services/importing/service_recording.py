"""What is kept of files of services, beside the imports of families: its line of the history."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import ImportChange, ImportRun, ImportState, ImportUpload
from app.services.actors import Actor, CurrentClerk
from app.services.importing import service_images
from app.services.importing.recording import LONGEST_SOURCE

NOT_UNDONE = (
    "Ces fichiers parlent aussi de jours réservés, fermés ou facturés\u00a0: cet import ne "
    "s’annule pas."
)
# What the page of an import asks of every one.
_NOTHING: dict[str, Any] = {"set_aside": [], "set_aside_count": 0, "new": []}


def record(
    session: Session, source: str, by: Actor, words: Iterable[str], *, is_whole: bool
) -> int:
    """Write it, in the caller's transaction; return its number.

    Where all that they change is kept (`is_whole`), they may be undone.
    """
    now = datetime.now(UTC)
    run = ImportRun(
        source=source[:LONGEST_SOURCE],
        acted_by=by.acted_by,
        clerk_id=by.clerk_id if isinstance(by, CurrentClerk) else None,
        received_at=now,
        settled_at=now,
        state=ImportState.IMPORTED,
        of_services=True,
    )
    session.add(run)
    session.flush()
    connection = session.connection()
    service_images.keep(connection, run.id)
    run.created, run.changed = _counted(session, run.id)
    if not is_whole:
        service_images.forget(connection)
    session.add(ImportUpload(run_id=run.id, received_at=now, file="", told={}))
    session.flush()
    tell(session, run.id, words, [], is_whole=is_whole)
    return run.id


def tell(
    session: Session, number: int, words: Iterable[str], left: list[str], *, is_whole: bool
) -> None:
    """Keep what its page says of it, in the caller's transaction."""
    upload = session.get_one(ImportUpload, number)
    why = "" if is_whole else NOT_UNDONE
    upload.told = _NOTHING | {"services": list(words), "left": left, "not_undone": why}


def _counted(session: Session, number: int) -> tuple[int, int]:
    """Count the rows that were created, and those that changed or went."""
    counted = session.execute(
        select(
            func.count().filter(ImportChange.before.is_(None)),
            func.count().filter(ImportChange.before.is_not(None)),
        ).where(ImportChange.run_id == number, ImportChange.first.is_(None))
    ).one()
    return counted[0], counted[1]
