"""The jobs as tests handle them: a handler that does what they say, and what became of jobs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Job, JobState
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.jobs.queue import EXTENSION
from app.services.jobs.running import Task, Workshop


@dataclass
class Scripted:
    """A handler that does what `acts` holds, one a job, then notes what the job was about."""

    acts: list[Callable[[Task], object]] = field(default_factory=list)
    done: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, task: Task) -> None:
        """Do a job."""
        if self.acts:
            self.acts.pop(0)(task)
        self.done.append(task.payload)

    def fails(self, *errors: BaseException) -> None:
        """Raise these, one a job."""
        self.acts += [_raising(error) for error in errors]

    @property
    def names(self) -> list[str]:
        """The names of the jobs that are done, in order."""
        return [payload["name"] for payload in self.done]


def _raising(error: BaseException) -> Callable[[Task], object]:
    def act(_task: Task) -> None:
        raise error

    return act


def workshop_of(app: Flask) -> Workshop:
    """Return the workshop of an application."""
    found: Workshop = app.extensions[EXTENSION]
    return found


def hire(app: Flask, handler: Callable[[Task], object]) -> None:
    """Have this done for every job."""
    workshop_of(app).handlers = dict.fromkeys(JobKind, handler)


def ask(name: str = "one") -> None:
    """Ask for a job."""
    with db.transaction() as session:
        queue.enqueue(session, JobKind.PURGE, {"name": name})


def run(app: Flask) -> Counter[JobState]:
    """Make one pass over the queue."""
    return workshop_of(app).run()


def let_invitations_leave(app: Flask) -> None:
    """Do those that wait for two minutes, in case somebody thinks better of it."""
    with app.app_context(), db.transaction() as session:
        wait = (Job.kind == JobKind.INVITATIONS.value) & (Job.state == JobState.QUEUED)
        session.execute(update(Job).where(wait).values(due_at=datetime.now(UTC)))
    run(app)


def rows() -> list[Job]:
    """Read the queue."""
    db.session().expire_all()
    db.session().rollback()
    found = list(db.session().scalars(select(Job).order_by(Job.id)))
    db.session().rollback()
    return found


def states() -> list[JobState]:
    """Read what became of each job."""
    return [row.state for row in rows()]
