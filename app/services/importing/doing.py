"""The job that reads what a clerk sent, imports it and nothing else, or undoes it.

The web process loads this: what an import needs is loaded when there is one.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import db
from app.models import Folder, ImportRun, ImportState, ImportUpload, JournalEntry
from app.models.stored_files import TABLE
from app.services import noted_acts
from app.services.actors import Clerk
from app.services.files import stored_files
from app.services.files.store import StoreAway
from app.services.files.uploads import CheckedFile
from app.services.importing import deciding, going_back, recording, uploading
from app.services.importing.spelling import Spelling
from app.services.jobs.queue import LeaseLost
from app.services.jobs.running import Interrupted, Task
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from app.services.importing.changes import Changes
    from app.services.importing.options import Options
    from app.services.importing.report import Report

MOST_ACTS = 3
OVERTAKEN = (
    "Entre-temps, quelque chose a changé dans le portail\u00a0: relisez ce que l’import ferait "
    "maintenant. Rien n’a été importé."
)

BROKEN = (
    "Le portail a rencontré une erreur\u00a0: rien n’a été changé. Prévenez la personne qui "
    "s’occupe du serveur, puis recommencez."
)
# What another try may not meet: the portal stops or is busy, the store or the database is away.
PASSING = (Interrupted, LeaseLost, StoreAway, db.Unavailable)


class Overtaken(Exception):  # noqa: N818 (a refusal, not a bug)
    """The import would do something else than what was read."""


class _Reader:
    """Looks at what an import would change, and keeps it."""

    def __init__(self, run: ImportRun, upload: ImportUpload) -> None:
        self._run = run
        self._upload = upload
        self.fingerprint = ""
        self.rows: dict[str, int] = {}
        self.content = b""

    def see(self, changes: "Changes") -> None:
        """Write all of it down; when it is done for real, only compare."""
        if self._run.state is ImportState.IMPORTING:
            for _ in changes:
                pass
            if changes.fingerprint != self._upload.fingerprint:
                raise Overtaken
            return
        spelling = Spelling(changes.connection)
        for change in changes:
            spelling.write(change)
        self.fingerprint = changes.fingerprint
        self.rows, self.content = dict(spelling.rows), spelling.content()

    def record(self, session: Session, report: "Report") -> ImportRun:
        """Say in the same transaction that it is done: a job that is done again finds it so."""
        run = session.get_one(ImportRun, self._run.id, populate_existing=True)
        upload = session.get_one(ImportUpload, self._run.id, populate_existing=True)
        _settle(run, ImportState.IMPORTED)
        recording.count(run, report)
        upload.told, upload.note = recording.of_report(report, upload.told.get("rows", {})), ""
        return run


def do(task: Task) -> None:
    """Read, import or undo, as the run says; one that was settled meanwhile is left alone.

    A bug is told on its page at once: done again, it would be met again for hours.
    """
    number = int(task.payload["run"])
    run = db.session().get(ImportRun, number)
    upload = db.session().get(ImportUpload, number)
    if run is None or upload is None:
        return
    try:
        if run.state in {ImportState.READING, ImportState.IMPORTING}:
            _do(run, upload, task)
        elif run.state is ImportState.UNDOING:
            _undo(run, task)
    except PASSING:
        raise
    except Exception as error:
        if not (isinstance(error, DBAPIError) and error.connection_invalidated):
            _give_up(run, BROKEN)
        raise


def _undo(run: ImportRun, task: Task) -> None:
    from app.services.importing import service_undoing

    number, by = run.id, Clerk(run.undone_by)
    db.let_go()
    try:
        service_undoing.whichever(number, by, task.report)
    except Refusal as refused:
        _give_up(run, str(refused))


def _do(run: ImportRun, upload: ImportUpload, task: Task) -> None:
    from app.services.importing import running
    from app.services.importing.faults import ImportRefused

    reader = _Reader(run, upload)
    db.let_go()
    try:
        with uploading.opened(run.source, upload.file) as path:
            report = running.run(path, _options(run, upload, reader), task.report)
    except ImportRefused as refused:
        _keep(run, ImportState.REFUSED, recording.of_refusal(refused))
    except Overtaken:
        _read_again(run, upload, task)
    except Refusal as refused:
        _give_up(run, str(refused))
    else:
        if run.state is ImportState.READING:
            _keep_reading(run, report, reader)


def _read_again(run: ImportRun, upload: ImportUpload, task: Task) -> None:
    note = "\n".join([OVERTAKEN, *_acts_since(upload.read_at)])
    with db.transaction() as session:
        now = session.get_one(ImportRun, run.id, populate_existing=True)
        now.state = ImportState.READING
        session.get_one(ImportUpload, run.id, populate_existing=True).note = note
    do(task)


def _options(run: ImportRun, upload: ImportUpload, reader: _Reader) -> "Options":
    from app.services.importing.options import Options

    return Options(
        dry_run=run.state is ImportState.READING,
        archive_missing=run.archive_missing,
        decisions=deciding.read(upload.decisions),
        closing=run.closing,
        mail=run.mail,
        mails_wait=going_back.MAILS_WAIT,
        actor=Clerk(run.acted_by),
        witness=reader,
    )


def _keep_reading(run: ImportRun, report: "Report", reader: _Reader) -> None:
    table = CheckedFile(run.source, TABLE.suffix, reader.content)
    with stored_files.keeping(Folder.IMPORTS, [table]) as [name], db.transaction() as session:
        now = session.get_one(ImportRun, run.id, populate_existing=True)
        upload = session.get_one(ImportUpload, run.id, populate_existing=True)
        now.state = ImportState.PLANNED
        recording.count(now, report)
        upload.changes, upload.fingerprint = name, reader.fingerprint
        upload.told, upload.read_at = recording.of_report(report, reader.rows), datetime.now(UTC)


def _keep(run: ImportRun, state: ImportState, told: dict[str, Any]) -> None:
    with db.transaction() as session:
        _settle(session.get_one(ImportRun, run.id, populate_existing=True), state)
        session.get_one(ImportUpload, run.id, populate_existing=True).told = told


def _give_up(run: ImportRun, why: str) -> None:
    """Go back to where it was, with the reason; nothing was read when it was the first time."""
    with db.transaction() as session:
        now = session.get_one(ImportRun, run.id, populate_existing=True)
        upload = session.get_one(ImportUpload, run.id, populate_existing=True)
        upload.note = why
        if now.state is ImportState.UNDOING:
            going_back.let_be(session, now)
        elif upload.read_at is None:
            _settle(now, ImportState.DROPPED)
        else:
            now.state = ImportState.PLANNED


def _settle(run: ImportRun, state: ImportState) -> None:
    run.state, run.settled_at = state, datetime.now(UTC)


def _acts_since(since: datetime | None) -> list[str]:
    """Name what the town hall did meanwhile, the latest first."""
    acts = (
        select(JournalEntry.event, JournalEntry.acted_by)
        .where(JournalEntry.at > (since or datetime.now(UTC)), JournalEntry.acted_by != "")
        .where(JournalEntry.event.not_in(("import_read", "import_asked")))
        .order_by(JournalEntry.id.desc())
        .limit(MOST_ACTS)
    )
    found = db.session().execute(acts).all()
    return [f"{who}\u00a0: {noted_acts.ACTS.get(event, event)}." for event, who in found]
