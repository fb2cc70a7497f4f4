"""Empty, migrated databases for the tests: SQLite files, and a PostgreSQL server of our own."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from alembic import command as alembic
from flask import Flask
from sqlalchemy import Engine, event, select

import config
from app import create_app
from app.cli.database import alembic_config
from app.db import Base, session
from tests.support.waiting import succeeds, wait_for

POSTGRESQL_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)

# More rows than any test adds to one table.
TABLES_APART = 100_000

NewDatabase = Callable[[], str]


def migrate(url: str, instance: Path) -> None:
    """Bring the database at this URL to the newest schema."""
    app = create_app(config.Test(instance=instance, database_url=url))
    with app.app_context():
        alembic.upgrade(alembic_config(), "head")
    app.extensions["portail.engine"].dispose()


def sqlite_factory(folder: Path) -> NewDatabase:
    """Migrate one file, then hand out copies of it."""
    template = folder / "template.db"
    migrate(f"sqlite:///{template}", folder)

    def new() -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    return new


@contextmanager
def postgresql_factory(folder: Path, disk: Path | None = None) -> Iterator[NewDatabase]:
    """Run a throw-away server with one migrated database, handed out empty each time."""
    with postgresql_server(disk=disk) as running:
        server = f"postgresql://portail@127.0.0.1:{running.port}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE portail")
        url = f"{server}/portail"
        migrate(url, folder)

        owner = _Owner(url)
        owner.number_each_table_apart()

        def new() -> str:
            owner.empty_every_table()
            return url

        yield new
        owner.connection.close()


class _Owner:
    """Who empties the database: one connection for all, as opening it costs more than its use."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.connection = psycopg.connect(url, autocommit=True)

    def number_each_table_apart(self) -> None:
        """Let no test count on a number, or take that of one table for another's."""
        for place, table in enumerate(Base.metadata.sorted_tables, 1):
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            if "id" in table.c:
                self.connection.execute(f"SELECT setval({sequence}, {place * TABLES_APART})")

    def empty_every_table(self) -> None:
        """Leave the schema alone; a server that a test made fail has cut the connection."""
        try:
            self._empty()
        except psycopg.OperationalError:
            self.connection.close()
            wait_for_server(self._url)
            self.connection = psycopg.connect(self._url, autocommit=True)
            self._empty()

    def _empty(self) -> None:
        with self.connection.transaction():
            self.connection.execute(_empty_every_table())


def engine_of(app: Flask) -> Engine:
    """Return the engine of an application."""
    found: Engine = app.extensions["portail.engine"]
    return found


def every_row(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Read all that an act may change, but for what notes that somebody tried."""
    with app.app_context():
        return {
            table.name: sorted((tuple(row) for row in session().execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in {"draft", "journal_entry", "throttle"}
        }


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL that is sent."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    found = engine_of(app)
    event.listen(found, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(found, "before_cursor_execute", note)


def selects(statements: list[str]) -> int:
    """Count what reads."""
    return sum(not statement.startswith(("BEGIN", "ROLLBACK")) for statement in statements)


def _empty_every_table() -> str:
    # Fifty times faster than TRUNCATE or a new database; the foreign keys are told to wait.
    deletions = [f"DELETE FROM {table.name}" for table in Base.metadata.tables.values()]
    statements = ["SET LOCAL session_replication_role = replica", *deletions]
    return "; ".join(statements)


@dataclass(frozen=True)
class PostgreSql:
    """A server that listens: on a port of this machine, and in its folder."""

    folder: Path
    port: int


@contextmanager
def postgresql_server(
    superuser: str = "portail", options: str = "", disk: Path | None = None
) -> Iterator[PostgreSql]:
    """Run a throw-away server, which asks nobody for a password, with options of `postgres`."""
    binaries = POSTGRESQL_BINARIES[0]
    with tempfile.TemporaryDirectory(prefix="portail-postgresql-", dir=disk) as data:
        # PostgreSQL refuses to run as root.
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if as_owner:
            shutil.chown(data, "postgres")
        initdb = f"{binaries}/initdb -D {data} -U {superuser} -A trust -E UTF8"
        subprocess.run([*as_owner, *initdb.split()], check=True, capture_output=True, cwd="/")
        port = _free_port()
        command = f"{binaries}/postgres -D {data} -k {data} -h 127.0.0.1 -p {port} -F {options}"
        process = subprocess.Popen(
            [*as_owner, *command.split()], cwd="/", stderr=subprocess.DEVNULL
        )
        try:
            wait_for_server(f"postgresql://{superuser}@127.0.0.1:{port}/postgres")
            yield PostgreSql(Path(data), port)
        finally:
            stop = f"{binaries}/pg_ctl -D {data} -m immediate stop"
            subprocess.run([*as_owner, *stop.split()], check=True, capture_output=True, cwd="/")
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_server(url: str) -> None:
    """Wait until a server that was just started answers."""

    def connect() -> None:
        psycopg.connect(url).close()

    answers = partial(succeeds, connect, psycopg.OperationalError)
    wait_for(answers, f"nobody answers at {url}")
