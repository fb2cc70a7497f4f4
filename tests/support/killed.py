"""Processes that power leaves in the middle of something.

Each is forked from one that has read the portal already: starting anew would take longer than what
it is killed in.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import event

import config
from app import create_app, db
from app.services.accounts import signing_in
from app.services.actors import Origin
from app.services.importing import running
from app.services.mail import outbox

COMMIT = "commit"
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def status_of(act: Callable[..., None], *arguments: object) -> int | None:
    """Do something in a process of its own; return the status that it ends with."""
    process = _processes.Process(target=act, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def import_until(moment: str, instance: Path, url: str, files: Path) -> None:
    """Import, until a statement that begins so, or the commit."""
    with create_app(config.Test(instance=instance, database_url=url)).app_context():

        def die(*details: Any) -> None:
            if moment == COMMIT or details[2].startswith(moment):
                _die()

        event.listen(db.engine(), COMMIT if moment == COMMIT else "after_cursor_execute", die)
        running.run(files)


def ask_for_a_password(identifier: str, instance: Path, url: str) -> None:
    """Write the first of two things."""
    app = create_app(config.Test(instance=instance, database_url=url))
    with app.app_context(), mock.patch.object(outbox, "enqueue", _die):
        signing_in.request_credentials(identifier, Origin())


def _die(*_details: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
