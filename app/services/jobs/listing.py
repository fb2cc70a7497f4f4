"""The jobs as operators see them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from app import db
from app.models import Job, JobState


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job, without what it is about."""

    id: int
    kind: str
    state: JobState
    attempts: int
    done: int
    total: int
    due_at: datetime
    settled_at: datetime | None
    last_error: str


LINES = select(
    Job.id,
    Job.kind,
    Job.state,
    Job.attempts,
    Job.done,
    Job.total,
    Job.due_at,
    Job.settled_at,
    Job.last_error,
).order_by(Job.id.desc())


BY_STATE = select(Job.state, func.count()).group_by(Job.state)


def latest(limit: int, *, only_unfinished: bool = False) -> list[JobLine]:
    """List the jobs, the newest first."""
    lines = LINES.limit(limit)
    if only_unfinished:
        lines = lines.where(Job.state != JobState.DONE)
    return [JobLine(*row) for row in db.session().execute(lines)]


def late_by(time: timedelta) -> list[JobLine]:
    """List those that should have been done that long ago: due, or left by who did them."""
    unfinished = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    return _chosen(unfinished & (Job.due_at < datetime.now(UTC) - time))


def failed_within(time: timedelta) -> list[JobLine]:
    """List those that were given up of late."""
    return _chosen((Job.state == JobState.FAILED) & (Job.settled_at > datetime.now(UTC) - time))


def by_state() -> dict[JobState, int]:
    """Count the jobs, in every state."""
    counted = dict(db.session().execute(BY_STATE).all())
    return {state: counted.get(state, 0) for state in JobState}


def _chosen(which: ColumnElement[bool]) -> list[JobLine]:
    return [JobLine(*row) for row in db.session().execute(LINES.where(which))]
