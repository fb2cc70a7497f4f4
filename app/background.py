"""Work in the background, whatever it is: when it is done, and how soon it is tried again."""

import atexit
import logging
import os
import sys
import traceback
from abc import ABC, abstractmethod
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import click
from flask import current_app

if TYPE_CHECKING:
    from flask import Flask

POLL_SECONDS = 3.0
# What is only loaded to be looked at has ended by then, and nothing was begun.
FIRST_LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
FAREWELL_SECONDS = 5.0

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)


class Watcher(ABC):
    """Watches over one queue: right after a commit, in a thread of the web process, or in a worker.

    Its name is its thread's and its logger's.
    """

    def __init__(self, app: "Flask", name: str, mode: str) -> None:
        """Watch for this application; the mode is `inline`, `thread` or `worker`."""
        self.mode = mode
        self._app = app
        self._name = name
        self._due = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._thread_pid = 0
        self._starting = Lock()
        self._resting = False
        if mode == "thread":
            app.before_request(self._start_when_serving)

    @abstractmethod
    def make_pass(self) -> bool:
        """Do what is due, in a context of its own; tell whether it could be done."""

    def stopping(self) -> bool:
        """Tell whether what is not begun had better wait for the next start."""
        return self._stopping.is_set()

    def notify(self) -> None:
        """Learn that something was just committed to the queue."""
        if self.mode == "inline":
            self.try_pass()
        self._due.set()

    def watch(self, first_look: float = 0) -> None:
        """Do what comes, until `stop`; look at the queue every few seconds."""
        self._due.wait(first_look)
        pause = POLL_SECONDS
        while not self._stopping.is_set():
            self._due.clear()
            if self.try_pass():
                self._due.wait(POLL_SECONDS)
                pause = POLL_SECONDS
            else:
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def start(self, first_look: float = 0) -> None:
        """Watch in a thread of this process, unless one does already."""
        with self._starting:
            if self._thread_pid == os.getpid():
                return
            self._due, self._stopping = Event(), Event()
            self._thread = Thread(
                target=self.watch, args=(first_look,), name=self._name, daemon=True
            )
            self._thread.start()
            self._thread_pid = os.getpid()
            atexit.register(self.stop)

    def rest(self) -> None:
        """Start no thread in this process: a command asks for a page, it does not serve."""
        self._resting = True

    def stop(self) -> None:
        """Finish what is in hand, release the rest, and end."""
        self._stopping.set()
        self._due.set()
        if self._thread is not None and self._thread_pid == os.getpid():
            self._thread.join(FAREWELL_SECONDS)

    def _start_when_serving(self) -> None:
        """Start at the first request, whatever server it is that nobody told to begin."""
        if not self._resting and self._thread_pid != os.getpid():
            self.start()

    def try_pass(self) -> bool:
        """Make one; a broken database ends neither the thread nor what filled the queue."""
        try:
            return self.make_pass()
        except Exception as error:
            with self._app.app_context():
                log_bug(self._name, error)
            return False


def watcher(extension: str) -> Watcher:
    """Return one of the current application."""
    found: Watcher = current_app.extensions[extension]
    return found


def watchers() -> list[Watcher]:
    """Return those of the current application."""
    return [each for each in current_app.extensions.values() if isinstance(each, Watcher)]


def begin(app: "Flask") -> None:
    """Start before any visitor comes, in a process that serves this application.

    A command loads it too, and serves nobody. A server that loads it before it forks has no thread
    itself, which would share its connections with its children: each of them starts its own.
    """
    if click.get_current_context(silent=True) is not None:
        return
    for each in app.extensions.values():
        if isinstance(each, Watcher) and each.mode == "thread":
            os.register_at_fork(after_in_child=each.start)
            if not _forks_later():
                each.start(FIRST_LOOK_SECONDS)


def _forks_later() -> bool:
    """Tell whether gunicorn loads the application in its master (`--preload`)."""
    frame = sys._getframe()  # noqa: SLF001
    while frame.f_back is not None:
        frame = frame.f_back
        if (
            frame.f_globals.get("__name__") == "gunicorn.arbiter"
            and frame.f_code.co_name == "setup"
        ):
            return True
    return False


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after that many tries: half a minute, doubled each time, up to an hour."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 10)), LONGEST_RETRY)


def log_bug(name: str, error: Exception) -> None:
    """Log where it happened, not what it says: its message may quote a mail, or what was typed."""
    frames = traceback.format_tb(error.__traceback__)
    logging.getLogger(f"portail.{name}").error(
        "%s.bug", name, extra={"type": type(error).__name__, "where": "".join(frames)}
    )
