"""The jobs as operators see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

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


def latest(limit: int, *, only_unfinished: bool = False) -> list[JobLine]:
    """List the jobs, the newest first."""
    lines = LINES.limit(limit)
    if only_unfinished:
        lines = lines.where(Job.state != JobState.DONE)
    return [JobLine(*row) for row in db.session().execute(lines)]
