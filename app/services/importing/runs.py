"""Imports on screen: what a clerk sends, reads, then has done or drops."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db, spreadsheets
from app.models import Folder, ImportRun, ImportState, ImportUpload, Job
from app.services import journal
from app.services.actors import CurrentClerk
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile
from app.services.importing import deciding, recording, spelling, uploading
from app.services.importing.closures import are_few
from app.services.importing.deciding import ON_SCREEN, Decision, Decisions, Offer, Subject
from app.services.importing.history import IS_STOPPED, UNDER_WAY, RunLine
from app.services.importing.spelling import Line
from app.services.importing.uploading import Sent
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.refusals import Reason, Refusal

FRESH = {"populate_existing": True}
SETTLED = "Cet import n’attend plus de réponse\u00a0: relisez où il en est."
MEANWHILE = (
    "Entre-temps, cet import a été relu autrement, ou ce qu’il proposait a changé\u00a0: relisez, "
    "choisissez, puis recommencez. Rien n’a été importé."
)
SAY_HOW_MANY = "Cet import fermerait {} accès. Tapez ce nombre pour dire que c’est voulu."
NOT_YOURS = "Cet import fermerait {} accès sur {}. Seule l’administration du portail peut le faire."
HEADINGS = ("fichier", "lignes", "famille", "colonne", "valeur", "que faire")


class Choices(NamedTuple):
    """What whoever imports chooses once they have read."""

    archive_missing: bool = False
    decisions: Decisions = ON_SCREEN
    mail: bool = True
    # How many accesses they say will close.
    closing: int | None = None
    # What they had read when they chose: the fingerprint of it.
    reading: str = ""


class Run(NamedTuple):
    """An import with what was read; nothing is left of that after a month."""

    line: RunLine
    choices: Choices
    settled_at: datetime | None
    told: dict[str, Any]
    note: str
    has_files: bool
    # Whether the table of what changed is there: those of a command have none.
    has_changes: bool
    undone_by: str
    # How far its job is, of how many steps.
    done: int
    total: int

    @property
    def state(self) -> ImportState:
        """Say where it stands."""
        return self.line.state

    @property
    def is_under_way(self) -> bool:
        """Tell whether its page changes by itself."""
        return self.state in UNDER_WAY and not self.line.is_stopped

    @property
    def percent(self) -> int:
        """Say how far it is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def closing(self) -> tuple[int, int] | None:
        """Return how many accesses of how many would close, where they are many."""
        count, of = self.told.get("closing") or (0, 0)
        return None if are_few(count, of) else (count, of)

    def offered(self, subject: Subject) -> tuple[int, list[Offer]]:
        """Return how many rows are to be decided, and those that are shown."""
        told = self.told.get("offers", {}).get(subject, {"count": 0, "lines": []})
        return told["count"], [Offer(*each) for each in told["lines"]]

    def decided(
        self, subject: Subject, for_all: Mapping[Subject, bool], ticked: Collection[str]
    ) -> Decision:
        """Read what was decided of the rows of this page. Raises Refusal when some are not of it.

        `for_all` holds the subjects that are decided whole.
        """
        shown = {each.key for each in self.offered(subject)[1]}
        if not shown.issuperset(ticked):
            raise Refusal(Reason.OUTDATED, MEANWHILE)
        if subject in for_all:
            return Decision(for_all[subject])
        return deciding.decide(self.choices.decisions[subject].yes, shown, ticked)

    @property
    def faults(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Group what is to be corrected by what is to be done."""
        return recording.by_remedy(self.told.get("faults", []))


def find(number: int) -> Run | None:
    """Find one, with what was read."""
    found = db.session().execute(
        select(ImportRun, ImportUpload, Job, IS_STOPPED)
        .outerjoin(ImportUpload, ImportUpload.run_id == ImportRun.id)
        .outerjoin(Job, Job.id == ImportRun.job_id)
        .where(ImportRun.id == number)
        .execution_options(populate_existing=True)
    )
    row = found.first()
    return _run(*row) if row else None


def receive(by: CurrentClerk, sent: Sequence[Sent]) -> int:
    """Store what was sent, and have it read. Raises Refusal, StoreAway."""
    called, name = uploading.keep(sent)
    now = datetime.now(UTC)
    try:
        with db.transaction() as session:
            run = ImportRun(
                source=called,
                acted_by=by.name,
                clerk_id=by.clerk_id,
                received_at=now,
                state=ImportState.READING,
            )
            session.add(run)
            session.flush()
            session.add(ImportUpload(run_id=run.id, received_at=now, file=name))
            _have_done(session, run)
            journal.record(session, "import_read", by, None, run=str(run.id), source=called)
    except BaseException:
        stored_files.discard(Folder.IMPORTS, [name])
        raise
    return run.id


def read_again(by: CurrentClerk, number: int, choices: Choices) -> None:
    """Read it once more, with other choices. Raises Refusal."""
    with db.transaction() as session:
        run = _waiting(session, number)
        _choose(session, run, by, choices, ImportState.READING)
        _have_done(session, run)
        journal.record(session, "import_read", by, None, run=str(number), source=run.source)


def start(by: CurrentClerk, number: int, choices: Choices) -> None:
    """Import what was read, and nothing else. Raises Refusal."""
    known = find(number)
    if known is not None and known.closing:
        count, of = known.closing
        if not rights.may(by, Right.CLOSE_MANY):
            raise Refusal(Reason.UNFIT, NOT_YOURS.format(count, of))
        if choices.closing != count:
            raise Refusal(Reason.UNFIT, SAY_HOW_MANY.format(count))
    with db.transaction() as session:
        run = _waiting(session, number)
        if known is None or known.choices[:2] != choices[:2]:
            raise Refusal(Reason.UNFIT, SETTLED)
        _choose(session, run, by, choices, ImportState.IMPORTING)
        _have_done(session, run)
        journal.record(session, "import_asked", by, None, run=str(number), source=run.source)


def resume(by: CurrentClerk, number: int) -> None:
    """Try again what the portal could not read or import in all its tries. Raises Refusal."""
    with db.transaction() as session:
        run = _stopped(session, number)
        run.job_id = queue.again(session, run.job_id, JobKind.IMPORT, {"run": str(number)}).id
        event = "import_asked" if run.state is ImportState.IMPORTING else "import_read"
        journal.record(session, event, by, None, run=str(number), source=run.source)


def drop(by: CurrentClerk, number: int) -> None:
    """Leave it at that. Raises Refusal."""
    with db.transaction() as session:
        known = find(number)
        stopped = known is not None and known.line.is_stopped
        run = (_stopped if stopped else _waiting)(session, number)
        run.state, run.settled_at = ImportState.DROPPED, datetime.now(UTC)
        journal.record(session, "import_dropped", by, None, run=str(number), source=run.source)


def changes(number: int, table: str) -> tuple[list[Line], int]:
    """Read the first changes of one table, and how many there are."""
    content = _changes(number)
    return spelling.read(content, table, deciding.SHOWN) if content else ([], 0)


def changes_file(number: int) -> FoundFile | None:
    """Find the table of all changes."""
    name = db.session().scalar(select(ImportUpload.changes).where(ImportUpload.run_id == number))
    return FoundFile(Folder.IMPORTS, name, f"Changements de l’import {number}") if name else None


def faults_table(run: Run) -> bytes:
    """Write what is to be corrected, for whoever makes the town's software."""
    cells = ("file", "lines", "family", "column", "value", "remedy")
    faults = [*run.told.get("faults", ()), *run.told.get("set_aside", ())]
    return spreadsheets.table(HEADINGS, ([each[name] for name in cells] for each in faults))


def _changes(number: int) -> bytes | None:
    found = changes_file(number)
    return stored_files.read(found.folder, found.name) if found else None


def _waiting(session: Session, number: int) -> ImportRun:
    run = session.get(ImportRun, number, populate_existing=True, with_for_update=True)
    if run is None or run.state is not ImportState.PLANNED:
        raise Refusal(Reason.CLOSED, SETTLED)
    return run


def _stopped(session: Session, number: int) -> ImportRun:
    stopped = select(ImportRun).where(
        ImportRun.id == number, ImportRun.state != ImportState.UNDOING, IS_STOPPED
    )
    run = session.scalars(stopped.with_for_update(), execution_options=FRESH).first()
    if run is None:
        raise Refusal(Reason.CLOSED, SETTLED)
    return run


def _choose(
    session: Session, run: ImportRun, by: CurrentClerk, choices: Choices, state: ImportState
) -> None:
    upload = session.get(ImportUpload, run.id, populate_existing=True)
    if upload is None:
        raise Refusal(Reason.UNKNOWN, uploading.GONE)
    if upload.fingerprint != choices.reading:
        raise Refusal(Reason.OUTDATED, MEANWHILE)
    run.archive_missing, run.mail = choices.archive_missing, choices.mail
    run.closing = choices.closing
    upload.decisions = deciding.written(choices.decisions)
    run.acted_by, run.clerk_id, run.state = by.name, by.clerk_id, state
    if state is ImportState.READING:
        run.closing = None


def _have_done(session: Session, run: ImportRun) -> None:
    run.job_id = queue.enqueue(session, JobKind.IMPORT, {"run": str(run.id)}).id


def _run(
    run: ImportRun,
    upload: ImportUpload | None,
    job: Job | None,
    is_stopped: bool,
) -> Run:
    return Run(
        line=RunLine._make([*(getattr(run, name) for name in RunLine._fields[:-1]), is_stopped]),
        choices=Choices(
            run.archive_missing,
            deciding.read(upload.decisions if upload else {}),
            run.mail,
            run.closing,
            upload.fingerprint if upload else "",
        ),
        settled_at=run.settled_at,
        told=upload.told if upload else {},
        note=upload.note if upload else "",
        has_files=upload is not None,
        has_changes=bool(upload and upload.changes),
        undone_by=run.undone_by,
        done=job.done if job else 0,
        total=job.total if job else 0,
    )
