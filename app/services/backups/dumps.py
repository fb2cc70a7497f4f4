"""A database as one file, read at one moment while others write; and loaded again."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, inspect, select

from app import db
from app.models import Folder
from app.services.backups import figures, programs
from app.services.backups.figures import Figures
from app.services.files.sweeping import NAMING
from app.services.refusals import Reason, Refusal

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# A page may not hold the database for long; a backup reads all of it.
WITHOUT_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = 0"


@dataclass(frozen=True, slots=True)
class Dump:
    """A database as it was at one moment."""

    kind: str
    # Where its tables are, on PostgreSQL.
    schema: str
    # Of its schema, as the migrations name it.
    revision: str
    figures: Figures
    # The stored files that its rows name.
    names: tuple[tuple[Folder, str], ...]


def dump(path: Path) -> Dump:
    """Write the database of this portal into a new file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return _dump_sqlite(path) if db.engine().dialect.name == SQLITE else _dump_postgresql(path)


@contextmanager
def loaded(kind: str, path: Path, url: str, schema: str) -> Iterator[Engine]:
    """Load a dump into an empty database, and work there; a SQLite file is one already."""
    engine = db.unhurried(db.open_engine(f"sqlite:///{path}" if kind == SQLITE else url))
    try:
        if kind == POSTGRESQL:
            with engine.connect() as connection:
                _load(connection, path, schema)
        yield engine
    finally:
        engine.dispose()


def is_empty(connection: Connection) -> bool:
    """Tell whether a database has no table."""
    return not inspect(connection).get_table_names()


def check(engine: Engine) -> None:
    """Have SQLite go through the whole of a file. Raises Refusal when it is spoilt."""
    if engine.dialect.name == SQLITE:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if found != "ok":
            raise Refusal(Reason.UNFIT, f"la base restaurée est abîmée ({found})")


def _dump_sqlite(path: Path) -> Dump:
    with closing(db.engine().raw_connection()) as connection:
        # A copy of the file would lose what stands in its log, and pass for whole.
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    engine = db.open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = _describe(connection, SQLITE, "")
    # The last to leave takes the log into the file.
    engine.dispose()
    return found


def _dump_postgresql(path: Path) -> Dump:
    with db.unhurried(db.engine()).connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql(WITHOUT_LIMIT)
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        schema = _schema(connection)
        command, environ = _client(connection, "pg_dump")
        options = [
            "--format=custom", "--compress=1", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}",
            # The tables alone: the place they go to has its schema already.
            f'--table="{schema}".*', f'--exclude-table-data="{schema}".{figures.VERSION_TABLE}',
            f"--file={path}",
        ]  # fmt: skip
        programs.run([*command, *options], environ)
        return _describe(connection, POSTGRESQL, schema)


def _load(connection: Connection, path: Path, schema: str) -> None:
    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    connection.commit()
    command, environ = _client(connection, "pg_restore")
    connection.rollback()
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    programs.run([*command, *options, str(path)], environ)
    if _schema(connection) != schema:
        raise Refusal(
            Reason.UNFIT,
            f"les tables sont dans le schéma «\u00a0{schema}\u00a0», que cette adresse ne nomme "
            f"pas (?options=-csearch_path%3D{schema})",
        )


def _describe(connection: Connection, kind: str, schema: str) -> Dump:
    version = f"SELECT version_num FROM {figures.VERSION_TABLE}"  # noqa: S608
    names = {
        (folder, name)
        for folder, column in NAMING
        for name in connection.scalars(select(column).where(column != ""))
    }
    return Dump(
        kind,
        schema,
        connection.exec_driver_sql(version).scalar_one(),
        figures.read(connection),
        tuple(sorted(names, key=lambda each: (each[0].folder, each[1]))),
    )


def _schema(connection: Connection) -> str:
    found: str = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return found


def _client(connection: Connection, program: str) -> tuple[list[str], dict[str, str]]:
    """Have a program reach the very server of a connection; no password in what others may list."""
    driver = connection.connection.driver_connection
    assert driver is not None
    info = driver.info
    # As the address says, and no more: the driver's library knows options that theirs may not.
    url = connection.engine.url
    asked = {
        **url.query,
        **url.translate_connect_args(username="user", database="dbname"),
        "host": info.host,
        "port": info.port,
    }
    password = asked.pop("password", None)
    environ = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
    return [programs.find(program), f"--dbname={make_conninfo(**asked)}"], environ
