"""One pass over the queue of the jobs, and who watches for them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from app import background, db
from app.background import Watcher, log_bug
from app.models import JobState
from app.services.jobs import nights, queue
from app.services.jobs.kinds import JobKind
from app.services.jobs.queue import EXTENSION, NAME, ClaimedJob

if TYPE_CHECKING:
    from flask import Flask

# A bar on a screen need not move more often, and each move is a commit.
REPORT_GAP = timedelta(seconds=1)
CHORES_SECONDS = 600.0


class Interrupted(Exception):  # noqa: N818 (no bug: somebody stops the portal)
    """The portal is stopping: the job goes back to the queue as it was."""


class Task:
    """A job in hand, as who does it sees it."""

    def __init__(self, job: ClaimedJob, workshop: "Workshop") -> None:
        """Take it."""
        self.payload = job.payload
        self.number = job.id
        self._job = job
        self._workshop = workshop
        self._reported_at: datetime | None = None

    def report(self, done: int, total: int) -> None:
        """Say how far it is, between two transactions; its lease starts anew.

        Raises Interrupted when the portal is stopping, LeaseLost when another process has the job:
        let them pass.
        """
        if self._workshop.stopping():
            raise Interrupted
        now = datetime.now(UTC)
        if self._reported_at is None or done == total or now >= self._reported_at + REPORT_GAP:
            self._reported_at = now
            self._workshop.renew(self._job, done, total)


Handler = Callable[[Task], object]
# Done every few minutes, by each process that watches: twice must be as once.
Chore = Callable[[], object]


class Workshop(Watcher):
    """Does the jobs of one application."""

    def __init__(
        self,
        app: "Flask",
        mode: str,
        handlers: Mapping[JobKind, Handler],
        chores: Sequence[Chore] = (),
    ) -> None:
        """Learn who does each kind. Raises ValueError when nobody does one of them."""
        super().__init__(app, NAME, mode)
        self._chores = chores
        self._chores_due = 0.0
        if missing := set(JobKind) - set(handlers):
            raise ValueError(f"nobody does {', '.join(sorted(missing))}")
        self.handlers = dict(handlers)
        self._planned: date | None = None

    def make_pass(self) -> bool:
        """Plan the night, but inline, where nothing comes by itself; then do what is due."""
        if self.mode != "inline":
            self._plan_the_night()
            self._do_chores()
        self.run()
        return True

    def run(self) -> Counter[JobState]:
        """Do every job that is due now; count what became of them."""
        fates: Counter[JobState] = Counter()
        with self._app.app_context():
            db.take_time()
            while not self.stopping() and queue.waiting() and (job := queue.claim()):
                if fate := self._do(job):
                    fates[fate] += 1
        return fates

    def renew(self, job: ClaimedJob, done: int, total: int) -> None:
        """Keep a job that goes on. What cannot be written now is said with the next step."""
        try:
            with self._app.app_context():
                queue.renew(job, done, total)
        except db.Unavailable:
            pass

    def _do(self, job: ClaimedJob) -> JobState | None:
        """Do one job in a context of its own; tell what became of it, nothing if it was let go."""
        try:
            with self._app.app_context():
                db.take_time()
                self.handlers[job.kind](Task(job, self))
        except Interrupted:
            queue.release(job)
            return None
        except KeyboardInterrupt:
            queue.release(job)
            raise
        except Exception as error:  # one job's bug must not keep the others
            log_bug(NAME, error)
            return queue.postpone(job, f"Erreur du portail ({type(error).__name__})")
        queue.finish(job)
        return JobState.DONE

    def _plan_the_night(self) -> None:
        """Once a night and a process: the queue itself is asked no more than that."""
        night = nights.next_night(datetime.now(UTC))
        if night != self._planned:
            with self._app.app_context():
                nights.plan(night)
            self._planned = night

    def _do_chores(self) -> None:
        """Do what nobody asks for and leaves no row: every process that watches does it."""
        if monotonic() < self._chores_due:
            return
        self._chores_due = monotonic() + CHORES_SECONDS
        for chore in self._chores:
            with self._app.app_context():
                db.take_time()
                try:
                    chore()
                except Exception as error:  # its bug must not keep the jobs
                    log_bug(NAME, error)


def workshop() -> Workshop:
    """Return the workshop of the current application."""
    found = background.watcher(EXTENSION)
    assert isinstance(found, Workshop)
    return found


def init_app(
    app: "Flask", mode: str, handlers: Mapping[JobKind, Handler], chores: Sequence[Chore] = ()
) -> None:
    """Give the application its workshop. Raises ValueError when a kind of job has no handler."""
    app.extensions[EXTENSION] = Workshop(app, mode, handlers, chores)
