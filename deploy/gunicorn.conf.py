"""How gunicorn serves a town, behind nginx: `gunicorn --config deploy/gunicorn.conf.py wsgi:app`.

RUNTIME_DIRECTORY is the folder of the socket, which systemd makes. WEB_CONCURRENCY, which gunicorn
reads itself, and GUNICORN_CMD_ARGS change what a town wants otherwise.
"""

import mmap
import os
import re
import subprocess
import sys
import time
from threading import Thread

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

# As it was given: through the link `current` of an installation, each reload finds the new version.
chdir = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 (a Path would not help)

bind = f"unix:{os.environ.get('RUNTIME_DIRECTORY', '/run/portail')}/web.sock"
# nginx, in the same group, and nobody else.
umask = 0o117
control_socket_disable = True
# On a disk, the file by which a worker says that it lives may be late when the disk is busy.
worker_tmp_dir = "/dev/shm"  # noqa: S108 (a file without a name)

# Two, so that one serves while the other starts anew; each takes 75 to 90 MB, and 120 to 130 once
# people have signed in through all of its threads. Pages are made by one core at a time in each;
# threads are for those who wait: for the database, for a password's hash.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
# Longer than PATIENCE_SECONDS: gunicorn asks those who are still there once more.
graceful_timeout = 60
# Nobody reuses a connection of nginx's, which costs nothing on a socket and survives reloads.
keepalive = 0

# As long as those that nginx takes: it says no in French.
limit_request_line = 8190

# nginx writes one. Whoever wants this one (--access-logfile -) gets it without a secret either.
accesslog = None
access_log_format = '%({x-forwarded-for}i)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms %({x-request-id}i)s'

# What an address may say in a log: the links of mails carry secrets, which are longer. The same
# stands in nginx/portail.conf.
OPEN_PARTS = re.compile(r"(/[\w.-]{0,24}(?![^/?]))*", re.ASCII)
BORN, WANTED = 0, 8
CHUNK = 64 * 1024
PATIENCE_SECONDS = 50


def shown(address):
    """Cut an address where it may hold a secret."""
    path = address.partition("?")[0]
    kept = OPEN_PARTS.match(path)[0]
    return path if kept == path else f"{kept}/…"


class DiscreetLogger(Logger):
    """Writes no query, no page that led here, and of an address what is no secret."""

    def atoms(self, resp, req, environ, request_time):
        """Keep what the format above may name."""
        atoms = super().atoms(resp, req, environ, request_time)
        atoms |= {"U": shown(environ.get("PATH_INFO", "")), "q": "", "f": "-"}
        return atoms | {"r": f"{atoms['m']} {atoms['U']} {atoms['H']}"}

    def exception(self, msg, *args, **kwargs):
        """Hide the address of a request that failed."""
        super().exception(msg, *(_if_address(each) for each in args), **kwargs)


def _if_address(value):
    return shown(value) if isinstance(value, str) and value.startswith("/") else value


class PatientWorker(ThreadWorker):
    """When the code is read again, serves until a worker that has read it does.

    gunicorn stops the old workers as soon as the new ones exist, seconds before these have read
    the code: visitors would wait at the door.
    """

    def handle_exit(self, sig, frame):
        """Leave: at once when told so again, or when nobody follows."""
        if getattr(self, "leaving", False) or not self._is_followed():
            super().handle_exit(sig, frame)
            return
        self.leaving = True
        Thread(target=self._leave_to_successor, args=(sig, frame), daemon=True).start()

    def _leave_to_successor(self, sig, frame):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _read(self.ages, BORN) < _read(self.ages, WANTED) and time.monotonic() < deadline:
            time.sleep(0.1)
        super().handle_exit(sig, frame)

    def _is_followed(self):
        return _read(self.ages, WANTED) > self.age


worker_class = PatientWorker
logger_class = DiscreetLogger


def on_starting(server):
    """Try what is to be served, and share with the workers who serves.

    What cannot be used is said once, before the port is open: each worker would say it again.
    """
    tried = subprocess.run([sys.executable, "-c", "import wsgi"], check=False)
    if tried.returncode:
        sys.exit(tried.returncode)
    # It outlives the reading of this file again.
    server.ages = mmap.mmap(-1, 16)


def pre_fork(server, worker):
    """Let the worker look."""
    worker.ages = server.ages


def post_request(worker, req, environ, resp):
    """Read what nobody read of a form that was answered before its end, as one that is too long.

    nginx, cut while it still hands it over, would say that the portal is away. It has it whole.
    """
    while req.body and req.body.read(CHUNK):
        pass


def on_reload(server):
    """Announce successors: gunicorn numbers its workers by age."""
    _write(server.ages, WANTED, server.worker_age + 1)


def post_worker_init(worker):
    """Tell the elders that one more has read the code, and serves."""
    _write(worker.ages, BORN, max(_read(worker.ages, BORN), worker.age))


def _read(ages, place):
    return int.from_bytes(ages[place : place + 8], "little")


def _write(ages, place, age):
    ages[place : place + 8] = age.to_bytes(8, "little")
