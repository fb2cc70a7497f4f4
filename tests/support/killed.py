"""Processes that power leaves in the middle of something.

Each is forked from one that has read the portal already: starting anew would take longer than what
it is killed in.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import time_machine
from sqlalchemy import event

import config
from app import create_app, db
from app.services.accounts import signing_in
from app.services.actors import Command, Origin
from app.services.bookings.closings import closing, closing_parts
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.groups import group_work, moving, service_groups
from app.services.bookings.groups.service_groups import Told
from app.services.importing import running
from app.services.jobs import running as running_jobs
from app.services.mail import outbox

COMMIT = "commit"
LAST_STATEMENT = "INSERT INTO journal_entry"
# In the instance: how many statements an import executed that was killed at its end.
COUNTED = "statements"
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def status_of(act: Callable[..., None], *arguments: object) -> int | None:
    """Do something in a process of its own; return the status that it ends with."""
    process = _processes.Process(target=act, args=arguments)
    process.start()
    process.join()
    return process.exitcode


class _Watch:
    """Ends an import at a moment: after a statement that begins so, or the n-th; or at its end."""

    def __init__(self, moment: str | int, counted: Path) -> None:
        self._moment = moment
        self._counted = counted
        self._seen = 0
        self._ends = False

    def executed(self, *details: Any) -> None:
        self._seen += 1
        statement = details[2]
        if self._moment == self._seen:
            _die()
        if isinstance(self._moment, str) and statement.startswith(self._moment):
            _die()
        self._ends |= statement.startswith(LAST_STATEMENT)

    def commits(self, _connection: object) -> None:
        # On SQLite it commits what it prepared as well.
        if self._moment == COMMIT and self._ends:
            self._counted.write_text(str(self._seen), "ascii")
            _die()


def import_until(moment: str | int, instance: Path, url: str, files: Path) -> None:
    """Import until a moment: COMMIT, the n-th statement, or one that begins so."""
    with create_app(config.Test(instance=instance, database_url=url)).app_context():
        watch = _Watch(moment, instance / COUNTED)
        event.listen(db.engine(), "after_cursor_execute", watch.executed)
        event.listen(db.engine(), "commit", watch.commits)
        running.run(files)


def work_until(moment: str | int, instance: Path, url: str) -> None:
    """Do the jobs that are due, until a moment."""
    app = create_app(config.Test(instance=instance, database_url=url))
    with app.app_context():
        watch = _Watch(moment, instance / COUNTED)
        event.listen(db.engine(), "after_cursor_execute", watch.executed)
        event.listen(db.engine(), "commit", watch.commits)
        workshop = running_jobs.workshop()
    workshop.run()


def ask_for_a_password(identifier: str, instance: Path, url: str) -> None:
    """Write the first of two things."""
    app = create_app(config.Test(instance=instance, database_url=url))
    with app.app_context(), mock.patch.object(outbox, "enqueue", _die):
        signing_in.request_credentials(identifier, Origin())


def close_until(parts: int, instance: Path, url: str, now: datetime, day: date) -> None:
    """Close a day, child after child, until so many parts are done; 0 is before the first."""
    app = create_app(config.Test(instance=instance, database_url=url, mail_delivery="worker"))
    with app.app_context(), time_machine.travel(now), one_child_a_part(), dying_after(parts):
        closing.close(Extent((day,)), "Grève", Command("nadia"))


def part_until(parts: int, instance: Path, url: str, service_id: int, told: Told) -> None:
    """Add a group, which days follow one by one, until so many have; then tell, one by one too."""
    app = create_app(config.Test(instance=instance, database_url=url, mail_delivery="worker"))
    left = iter(range(parts))
    kept = db.make_way

    def make_way() -> None:
        if next(left, None) is None:
            _die()
        kept()

    with (
        app.app_context(),
        mock.patch.object(moving, "AT_ONCE", 1),
        mock.patch.object(group_work, "MOST_TOLD", 1),
        mock.patch.object(db, "make_way", make_way),
    ):
        service_groups.add(service_id, told, Command("nadia"))


@contextmanager
def one_child_a_part() -> Iterator[None]:
    """Have a closing hold one child at once."""
    with mock.patch.multiple(closing_parts, FEWEST=1, MOST=1):
        yield


@contextmanager
def dying_after(parts: int) -> Iterator[None]:
    """Die before the next part of a closing, once so many are done."""
    left = iter(range(parts))
    real = closing_parts.next_children

    def next_children(*details: Any) -> Any:
        if next(left, None) is None:
            _die()
        return real(*details)

    with mock.patch.object(closing_parts, "next_children", next_children):
        yield


def _die(*_details: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
