"""When the mails leave: at once, by a thread of the web process, or by a worker."""

import atexit
import os
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from flask import current_app

from app.mailer import backends, delivery
from app.mailer.delivery import Queue, Tally
from app.mailer.message import Sender

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

EXTENSION = "portail.courier"
POLL_SECONDS = 3.0
LONGEST_PAUSE_SECONDS = 30.0
FAREWELL_SECONDS = 5.0


class Courier:
    """Carries the mails of one application from its queue to its backend."""

    def __init__(self, app: "Flask", settings: "Settings", queue: Queue[Any]) -> None:
        """Choose the backend. Raises MailSettingsError when the settings cannot be used."""
        Sender.parse(settings.mail_sender)
        self.backend = backends.choose(settings)
        self._app = app
        self._queue = queue
        self.mode = settings.mail_delivery
        self._due = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._thread_pid = 0
        self._starting = Lock()
        self._resting = False
        if self.mode == "thread":
            app.before_request(self._ensure_thread)

    def deliver(self) -> Tally:
        """Send what is due now, in a context and a database session of its own."""
        with self._app.app_context():
            return delivery.deliver(self._queue, self.backend, self._stopping.is_set)

    def notify(self) -> None:
        """Learn that a mail was just committed to the queue."""
        if self.mode == "inline":
            _log_failure_of(self.deliver)
        self._due.set()

    def watch(self) -> None:
        """Send what comes, until `stop`; look at the queue every few seconds."""
        pause = POLL_SECONDS
        while not self._stopping.is_set():
            self._due.clear()
            tally = _log_failure_of(self.deliver)
            if tally is None or tally.unavailable:
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                self._due.wait(POLL_SECONDS)
                pause = POLL_SECONDS

    def rest(self) -> None:
        """Start no thread in this process: a command asks for a page, it does not serve."""
        self._resting = True

    def stop(self) -> None:
        """Finish the mail in hand, release the others, and end."""
        self._stopping.set()
        self._due.set()
        if self._thread is not None and self._thread_pid == os.getpid():
            self._thread.join(FAREWELL_SECONDS)

    def _ensure_thread(self) -> None:
        """Start the thread at the first request: gunicorn forks after loading the application."""
        if self._resting or self._thread_pid == os.getpid():
            return
        with self._starting:
            if self._thread_pid == os.getpid():
                return
            self._due, self._stopping = Event(), Event()
            self._thread = Thread(target=self.watch, name="courier", daemon=True)
            self._thread.start()
            self._thread_pid = os.getpid()
            atexit.register(self.stop)


def _log_failure_of(act: Callable[[], Tally]) -> Tally | None:
    """Keep a broken database from ending the thread, or the request that queued the mail."""
    try:
        return act()
    except Exception as error:
        delivery.log_bug(error)
        return None


def courier() -> Courier:
    """Return the courier of the current application."""
    found: Courier = current_app.extensions[EXTENSION]
    return found


def init_app(app: "Flask", settings: "Settings", queue: Queue[Any]) -> None:
    """Give the application its courier. Raises MailSettingsError when it cannot have one."""
    app.extensions[EXTENSION] = Courier(app, settings, queue)
