"""A PostgreSQL that freezes, cuts its connections, or stands behind PgBouncer."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from tests.support.databases import engine_of, wait_for_server
from tests.support.smtp_servers import free_port

PGBOUNCER = "/usr/sbin/pgbouncer"
POOLER = """
[databases]
* = host=127.0.0.1 port={server_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 3
unix_socket_dir =
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Stop every process of the server in its tracks: it takes connections, and says nothing."""
    with psycopg.connect(url) as connection:
        [folder] = connection.execute("SHOW data_directory").fetchone() or [""]
    server = int(Path(folder, "postmaster.pid").read_text().split()[0])
    processes = [server, *_children(server)]
    for process in processes:
        _signal(process, signal.SIGSTOP)
    try:
        yield
    finally:
        # runuser stops with whom it runs.
        for process in (*processes, _parent(server)):
            _signal(process, signal.SIGCONT)


@contextmanager
def cut_after(app: Flask, url: str, statements: int) -> Iterator[None]:
    """Cut the connection once it has answered that many statements."""
    answered = 0

    def count(connection: Connection, *_details: object) -> None:
        nonlocal answered
        answered += 1
        if answered == statements:
            driver = connection.connection.driver_connection
            assert driver is not None
            with psycopg.connect(url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (driver.info.backend_pid,))

    event.listen(engine_of(app), "after_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine_of(app), "after_cursor_execute", count)


@dataclass
class Pooler:
    """PgBouncer, a transaction at a time."""

    address: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Have it listen."""
        self.process = subprocess.Popen(self.command, cwd="/", stderr=subprocess.DEVNULL)
        wait_for_server(self.address)

    def stop(self) -> None:
        """End it, at once: it waits for nobody."""
        assert self.process
        self.process.terminate()
        self.process.wait()


@contextmanager
def pooled(url: str, *roles: str) -> Iterator[str]:
    """Put PgBouncer in front of the server; give its address."""
    with pooler(url, *roles) as running:
        yield running.address


@contextmanager
def pooler(url: str, *roles: str) -> Iterator[Pooler]:
    """Put PgBouncer in front of the server; the roles may come in as well as the owner of all."""
    server = make_url(url)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portail-pgbouncer-") as folder:
        settings = Path(folder, "pgbouncer.ini")
        settings.write_text(POOLER.format(server_port=server.port, port=port, folder=folder))
        users = (f'"{role}" ""\n' for role in ("portail", *roles))
        Path(folder, "users.txt").write_text("".join(users))
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if as_owner:
            shutil.chown(folder, "postgres")
        running = Pooler(
            f"postgresql://portail@127.0.0.1:{port}/portail",
            [*as_owner, PGBOUNCER, str(settings)],
        )
        try:
            running.start()
            yield running
        finally:
            running.stop()


def _signal(process: int, what: signal.Signals) -> None:
    # One that looks after something in the background may have ended.
    with suppress(ProcessLookupError):
        os.kill(process, what)


def _children(parent: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if _parent(int(folder.name)) == parent:
                yield int(folder.name)


def _parent(process: int) -> int:
    # The name of a process stands between brackets, and may hold blanks.
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
