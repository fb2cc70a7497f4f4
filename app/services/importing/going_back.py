"""Whether an import may still be undone, by whom; and asking for it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app import db
from app.formats import day_of, today
from app.models import FamilyErasure, ImportChange, ImportRun, ImportState, Job
from app.services import journal
from app.services.actors import CurrentClerk
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.importing.history import IS_STOPPED
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.mail import batches
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal

UNDOABLE_FOR = timedelta(days=30)
# How long the mails of an import wait: whoever sees a mistake has the time to say so.
MAILS_WAIT = timedelta(minutes=10)
OF_NEWS = (MailKind.NEW_MESSAGE, MailKind.NEW_INVOICE)
MAILS_LEFT = "Trop tard\u00a0: les courriels de cet import sont partis, ou ne partent plus."
NOT_THIS_ONE = (
    "Cet import ne s’annule pas, ou ne s’annule plus\u00a0: seul le dernier s’annule, pendant "
    "30\u00a0jours."
)
ERASED_SINCE = (
    "Les données d’une famille ont été effacées depuis cet import\u00a0: l’annuler les ferait "
    "revenir. Corrigez dans votre logiciel, puis importez de nouveau."
)
NOT_YOURS = (
    "Vous pouvez annuler votre propre import, le jour même. Pour celui-ci, demandez à "
    "l’administration du portail."
)
_later = aliased(ImportRun)
_LAST = select(
    ImportRun,
    select(FamilyErasure.id).where(FamilyErasure.done_at > ImportRun.settled_at).exists(),
).where(
    ImportRun.id == bindparam("number"),
    select(ImportChange.id).where(ImportChange.run_id == ImportRun.id).exists(),
    ~select(_later.id)
    .where(
        _later.settled_at > ImportRun.settled_at,
        _later.of_services == ImportRun.of_services,
        _later.state.in_((ImportState.IMPORTED, ImportState.UNDOING, ImportState.UNDONE)),
    )
    .exists(),
)


def find(session: Session, number: int) -> ImportRun:
    """Find the last import, if it is this one. Raises Refusal when it is not undone."""
    found = session.execute(
        _LAST.execution_options(populate_existing=True), {"number": number}
    ).first()
    if found is None or not _may_be(found[0]):
        raise Refusal(Reason.CLOSED, NOT_THIS_ONE)
    run, erased = found
    if erased:
        raise Refusal(Reason.CLOSED, ERASED_SINCE)
    return run


def look(by: CurrentClerk, number: int) -> ImportRun:
    """Find it for whoever asks whether to undo it. Raises Refusal."""
    run = _theirs(by, number)
    if run.of_services:
        from app.services.importing import service_since

        service_since.check(db.session(), run)
    return run


def _theirs(by: CurrentClerk, number: int) -> ImportRun:
    run = find(db.session(), number)
    if not (_is_theirs_of_today(by, run) or rights.may(by, Right.UNDO_ANY_IMPORT)):
        raise Refusal(Reason.UNFIT, NOT_YOURS)
    return run


def right_needed(by: CurrentClerk, number: int) -> Right | None:
    """Say by which right they may undo it now; None when they may not."""
    try:
        run = _theirs(by, number)
    except Refusal:
        return None
    if not _may_begin(run):
        return None
    return Right.IMPORT if _is_theirs_of_today(by, run) else Right.UNDO_ANY_IMPORT


def ask(by: CurrentClerk, number: int) -> None:
    """Have it undone. Raises Refusal."""
    with db.transaction() as session:
        run = look(by, number)
        if not _may_begin(run):
            raise Refusal(Reason.CLOSED, NOT_THIS_ONE)
        payload = {"run": str(number)}
        if run.state is ImportState.UNDOING:
            job = queue.again(session, run.job_id, JobKind.IMPORT, payload)
        else:
            job = queue.enqueue(session, JobKind.IMPORT, payload)
        run.state, run.undone_by, run.job_id = ImportState.UNDOING, by.name, job.id
        if run.mailed_at:
            # At once: by the time that it is done they may have left.
            batches.withdraw(session, run.mailed_at, job.created_at)
        journal.record(session, "import_undo_asked", by, None, run=str(number), source=run.source)


def mails_waiting(number: int) -> int:
    """Count the mails to parents that an import has queued, and that may still be held back."""
    session = db.session()
    run = session.get(ImportRun, number)
    if run is None or run.state is not ImportState.IMPORTED or run.mailed_at is None:
        return 0
    if not run.mails or run.mailed_at < datetime.now(UTC) - MAILS_WAIT:
        return 0
    return batches.waiting(session, run.mailed_at, OF_NEWS)


def hold_mails(by: CurrentClerk, number: int) -> None:
    """Tell parents nothing of what is new after all. Raises Refusal when they have left."""
    with db.transaction() as session:
        run = session.get(ImportRun, number, populate_existing=True, with_for_update=True)
        if run is None or run.mailed_at is None or not mails_waiting(number):
            raise Refusal(Reason.CLOSED, MAILS_LEFT)
        batches.withdraw(session, run.mailed_at, datetime.now(UTC), OF_NEWS)
        journal.record(session, "import_mails_held", by, None, run=str(number), source=run.source)


def keep(by: CurrentClerk, number: int) -> None:
    """Keep an import after all, whose undoing has stopped. Raises Refusal."""
    with db.transaction() as session:
        run = _theirs(by, number)
        if run.state is not ImportState.UNDOING or not _is_stopped(run):
            raise Refusal(Reason.CLOSED, NOT_THIS_ONE)
        let_be(session, run)
        journal.record(session, "import_kept", by, None, run=str(number), source=run.source)


def let_be(session: Session, run: ImportRun) -> None:
    """Leave it imported, in the caller's transaction; its mails leave after all."""
    run.state, run.undone_by = ImportState.IMPORTED, ""
    job = session.get(Job, run.job_id)
    if run.mailed_at and job:
        batches.give_back(session, run.mailed_at, job.created_at)


def _may_begin(run: ImportRun) -> bool:
    return run.state is ImportState.IMPORTED or _is_stopped(run)


def _is_stopped(run: ImportRun) -> bool:
    asked = select(ImportRun.id).where(ImportRun.id == run.id, IS_STOPPED)
    return db.session().scalar(asked) is not None


def _may_be(run: ImportRun) -> bool:
    is_done = run.state in {ImportState.IMPORTED, ImportState.UNDOING}
    return is_done and (run.settled_at or run.received_at) > datetime.now(UTC) - UNDOABLE_FOR


def _is_theirs_of_today(by: CurrentClerk, run: ImportRun) -> bool:
    done = run.settled_at or run.received_at
    return run.clerk_id == by.clerk_id and day_of(done) == today()
