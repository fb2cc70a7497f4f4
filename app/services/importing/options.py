"""What whoever imports asks for, and who watches what it comes to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from app.models import ImportRun
from app.services.actors import PORTAL, Actor
from app.services.importing.deciding import AS_FILES_SAY, Decisions

if TYPE_CHECKING:
    from app.services.importing.changes import Changes
    from app.services.importing.report import Report

# Called with how much is done, and of how much.
Progress = Callable[[int, int], None]


class Witness(Protocol):
    """Who looks at what an import changes, and writes it down with it."""

    def see(self, changes: "Changes") -> None:
        """Look at it before anybody has to wait; what it raises stops the import."""

    def record(self, session: Session, report: "Report") -> ImportRun:
        """Write down, in the same transaction, that it is done; return its line in the history."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator asked for."""

    dry_run: bool = False
    archive_missing: bool = False
    # Of what the files would change against somebody, row by row.
    decisions: Decisions = field(default_factory=lambda: AS_FILES_SAY)
    # How many accesses the operator says will close; None: nobody said.
    closing: int | None = None
    # Tell parents by mail of the new messages and invoices of the last days.
    mail: bool = True
    # How long those mails wait in the queue.
    mails_wait: timedelta = timedelta()
    # Who asked for it.
    actor: Actor = PORTAL
    witness: Witness | None = None


AS_IT_COMES = Options()
