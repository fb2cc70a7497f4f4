"""The imports before: a list, and a table for a spreadsheet."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app import db, spreadsheets
from app.formats import moment
from app.models import ImportRun, ImportState, Job, JobState
from app.paging import Asked, Page

STATES = {
    ImportState.READING: "Lecture en cours",
    ImportState.REFUSED: "Refusé",
    ImportState.PLANNED: "À relire",
    ImportState.IMPORTING: "Import en cours",
    ImportState.DROPPED: "Abandonné",
    ImportState.IMPORTED: "Importé",
    ImportState.UNDOING: "Annulation en cours",
    ImportState.UNDONE: "Annulé",
}
UNDER_WAY = frozenset({ImportState.READING, ImportState.IMPORTING, ImportState.UNDOING})
# The same, once the portal has tried as often as it does.
STOPPED = {
    ImportState.READING: "Lecture arrêtée",
    ImportState.IMPORTING: "Import arrêté",
    ImportState.UNDOING: "Annulation arrêtée",
}
# Those that an import stays in, as addresses call them.
FINAL_STATES = {
    "a-relire": ImportState.PLANNED,
    "importe": ImportState.IMPORTED,
    "refuse": ImportState.REFUSED,
    "abandonne": ImportState.DROPPED,
    "annule": ImportState.UNDONE,
}
HEADINGS = (
    "n°", "quand", "par", "fichiers", "créés", "modifiés", "fermés", "courriels", "état",
)  # fmt: skip


class RunLine(NamedTuple):
    """An import as the history shows it."""

    id: int
    source: str
    acted_by: str
    received_at: datetime
    state: ImportState
    created: int
    changed: int
    closed: int
    mails: int
    # Whether nobody does it any more.
    is_stopped: bool

    @property
    def words(self) -> str:
        """Say where it stands."""
        return (STOPPED if self.is_stopped else STATES)[self.state]


_job = aliased(Job)
_GOES_ON = (
    select(_job.id).where(_job.id == ImportRun.job_id, _job.state != JobState.FAILED).exists()
)
IS_STOPPED = ImportRun.state.in_(UNDER_WAY) & ~_GOES_ON
_LINES = select(*(getattr(ImportRun, name) for name in RunLine._fields[:-1]), IS_STOPPED)


def listed(asked: Asked, size: int = 20) -> Page[RunLine]:
    """List them by number: those of one state, or of whoever is called so, when that is asked."""
    return db.page(_lines(asked), asked.page, size).of(RunLine)


def table(asked: Asked) -> bytes:
    """Write them all for a spreadsheet."""
    lines = map(RunLine._make, db.rows(_lines(asked)))
    rows = (
        (each.id, moment(each.received_at), each.acted_by, each.source,
         each.created, each.changed, each.closed, each.mails, each.words)
        for each in lines
    )  # fmt: skip
    return spreadsheets.table(HEADINGS, rows)


def _lines(asked: Asked) -> Select[Any]:
    lines = _LINES.order_by(ImportRun.id.desc() if asked.backwards else ImportRun.id)
    if state := asked.filters.get("etat"):
        lines = lines.where(ImportRun.state == FINAL_STATES[state])
    if name := asked.filters.get("par"):
        lines = lines.where(ImportRun.acted_by.icontains(name, autoescape=True))
    return lines
