"""The queue of the jobs: ask for one, take it, say how far it is, settle it.

As for mails, a job that is taken belongs to one process until its lease ends. A process that is
killed loses it, and another does the job again: handlers stand being run twice.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from app import background, db
from app.background import retry_delay
from app.models import Job, JobState
from app.services import journal
from app.services.actors import PORTAL
from app.services.jobs.kinds import JobKind

NAME = "jobs"
EXTENSION = f"portail.{NAME}"
logger = logging.getLogger(EXTENSION)

# A process that is killed holds its job that long. A handler that takes longer says meanwhile how
# far it is.
LEASE = timedelta(minutes=10)
# Three hours in all. What waits for the database is not a try.
MOST_TRIES = 10
# Whoever writes at that moment may be the handler itself: do not keep it waiting.
RENEWAL_PATIENCE_MS = 50
# What happens in one is told together, a moment after its end: whoever writes meanwhile has ended.
SLOT, GRACE = timedelta(minutes=5), timedelta(minutes=1)
EPOCH = datetime.fromtimestamp(0, UTC)
CUT_SHORT = "Le portail s’est arrêté pendant le dernier essai"

IS_DUE = (
    Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    & (Job.due_at <= bindparam("now"))
    # While two versions run side by side, the older leaves alone what it does not know.
    & Job.kind.in_([kind.value for kind in JobKind])
)
ANY_DUE = select(Job.id).where(IS_DUE).limit(1)
TAKE_DUE = (
    select(Job.id, Job.kind, Job.payload, Job.attempts, Job.due_at)
    .where(IS_DUE)
    .order_by(Job.due_at, Job.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


class LeaseLost(Exception):  # noqa: N818 (no bug: a process that was slow)
    """Another process has taken the job meanwhile."""


@dataclass(slots=True)
class ClaimedJob:
    """A job in the hands of one process."""

    id: int
    kind: JobKind
    payload: dict[str, str]
    # This try included.
    attempts: int
    due_at: datetime
    lease_ends: datetime


def enqueue(
    session: Session,
    kind: JobKind,
    payload: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
) -> Job:
    """Ask for a job in the caller's transaction; it is done once that is committed, or later.

    The payload says what it is about, by internal numbers: never a secret. Raises ValueError for
    a kind that nobody does.
    """
    now = datetime.now(UTC)
    job = Job(kind=JobKind(kind).value, payload=dict(payload or {}), created_at=now)
    job.due_at = due_at or now
    session.add(job)
    session.flush()
    db.after_commit(session, background.watcher(EXTENSION).notify)
    return job


def enqueue_once(session: Session, kind: JobKind, name: str, due_at: datetime) -> None:
    """Ask for a job in the caller's transaction; there is one of this name, whoever asks again."""
    job: dict[str, object] = {
        "kind": kind.value,
        "key": f"{kind.value} {name}",
        "payload": {},
        "state": JobState.QUEUED,
        "attempts": 0,
        "done": 0,
        "total": 0,
        "created_at": datetime.now(UTC),
        "due_at": due_at,
        "last_error": "",
    }
    session.execute(db.insert(Job).values(job).on_conflict_do_nothing(index_elements=["key"]))


def enqueue_soon(session: Session, kind: JobKind) -> None:
    """Ask for a job within minutes; all that happens in the same SLOT has one."""
    ends = EPOCH + ((datetime.now(UTC) - EPOCH) // SLOT + 1) * SLOT
    enqueue_once(session, kind, f"{ends:%Y-%m-%dT%H:%M}", ends + GRACE)


def again(
    session: Session, number: int, kind: JobKind, payload: Mapping[str, str] | None = None
) -> Job:
    """Try a job anew that was given up, in the caller's transaction; ask for it, if it is gone."""
    job = session.get(Job, number, populate_existing=True, with_for_update=True)
    if job is None:
        return enqueue(session, kind, payload)
    job.state, job.attempts, job.due_at = JobState.QUEUED, 0, datetime.now(UTC)
    job.settled_at, job.last_error = None, ""
    db.after_commit(session, background.watcher(EXTENSION).notify)
    return job


def hurry(session: Session, number: int) -> None:
    """Have a job done now that was to come later, in the caller's transaction."""
    is_queued = (Job.id == number) & (Job.state == JobState.QUEUED)
    _write(session, is_queued, due_at=datetime.now(UTC))
    db.after_commit(session, background.watcher(EXTENSION).notify)


def to_come(session: Session, kind: JobKind, now: datetime) -> Sequence[Job]:
    """List the jobs of a kind whose hour has not come, in the caller's transaction."""
    asked = select(Job).where(Job.kind == kind.value, *_is_to_come(now))
    return session.scalars(asked.order_by(Job.id).with_for_update()).all()


def call_off(session: Session, kind: JobKind, number: int) -> bool:
    """Leave nothing to do of a job, in the caller's transaction; False once its hour has come.

    Its row stays, for what holds its number: whoever does it finds an empty payload.
    """
    found = next(
        (job for job in to_come(session, kind, datetime.now(UTC)) if job.id == number), None
    )
    if found is None or not found.payload:
        return False
    found.payload = {}
    return True


def _is_to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Job.state == JobState.QUEUED, Job.attempts == 0, Job.due_at > now


def waiting() -> bool:
    """Tell whether a job is due."""
    found = db.session().execute(ANY_DUE, {"now": datetime.now(UTC)}).first()
    # What follows may be long: keep no connection.
    db.let_go()
    return found is not None


def claim() -> ClaimedJob | None:
    """Take the job that has been due longest and that nobody else has."""
    while True:
        with db.transaction() as session:
            now = datetime.now(UTC)
            row = session.execute(TAKE_DUE, {"now": now}).first()
            if row is None:
                return None
            if row.attempts < MOST_TRIES:
                job = ClaimedJob(
                    row.id,
                    JobKind(row.kind),
                    row.payload,
                    row.attempts + 1,
                    row.due_at,
                    now + LEASE,
                )
                _write(
                    session,
                    Job.id == row.id,
                    state=JobState.RUNNING,
                    attempts=job.attempts,
                    due_at=job.lease_ends,
                    done=0,
                    total=0,
                )
                return job
            # Each try has ended with its process: nobody is left to say so.
            _give_up(session, Job.id == row.id, row.id, row.kind, CUT_SHORT)


def renew(job: ClaimedJob, done: int, total: int) -> None:
    """Say how far it is; the lease starts anew. Raises LeaseLost when somebody else has the job."""
    renewed = datetime.now(UTC) + LEASE
    with db.transaction(RENEWAL_PATIENCE_MS) as session:
        mine = _write(session, _mine(job), due_at=renewed, done=done, total=total)
    if not mine:
        raise LeaseLost
    job.lease_ends = renewed


def finish(job: ClaimedJob) -> None:
    """Write down that it is done."""
    logger.info("jobs.done", extra={"job": job.id, "kind": job.kind})
    with db.transaction() as session:
        _write(
            session, _mine(job), state=JobState.DONE, settled_at=datetime.now(UTC), last_error=""
        )


def postpone(job: ClaimedJob, error: str) -> JobState:
    """Write down why it could not be done: it is tried again later, or not any more."""
    with db.transaction() as session:
        if job.attempts >= MOST_TRIES:
            _give_up(session, _mine(job), job.id, job.kind, error)
            return JobState.FAILED
        _write(
            session,
            _mine(job),
            state=JobState.QUEUED,
            due_at=datetime.now(UTC) + retry_delay(job.attempts),
            last_error=error,
        )
        return JobState.QUEUED


def release(job: ClaimedJob) -> None:
    """Give it back as it was: it is no fault of the job that it was interrupted."""
    with db.transaction() as session:
        _write(
            session,
            _mine(job),
            state=JobState.QUEUED,
            attempts=job.attempts - 1,
            due_at=job.due_at,
        )


def _mine(job: ClaimedJob) -> ColumnElement[bool]:
    """Whoever lost the lease has no say any more."""
    return (Job.id == job.id) & (Job.state == JobState.RUNNING) & (Job.due_at == job.lease_ends)


def _write(session: Session, which: ColumnElement[bool], **values: Any) -> bool:
    """Change a job; tell whether it was there to be changed."""
    changed = session.execute(
        update(Job).where(which).values(**values).execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    return changed.rowcount == 1


def _give_up(
    session: Session, which: ColumnElement[bool], number: int, kind: str, error: str
) -> None:
    settled = {"state": JobState.FAILED, "settled_at": datetime.now(UTC), "last_error": error}
    if _write(session, which, **settled):
        logger.error("jobs.failed", extra={"job": number, "kind": kind, "error": error})
        journal.record(session, "job_failed", PORTAL, job=str(number), kind=kind)
