"""What SQLite needs to be a real database."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import click
from sqlalchemy import Connection, Date, Dialect, Engine, event
from sqlalchemy.dialects.sqlite import DATE
from sqlalchemy.engine.interfaces import DBAPIConnection

from app.db.options import DURABLE, IMMEDIATE

BUSY_TIMEOUT_MS = 5_000
# Of each connection, and a process has one for each thread; SQLite would keep 2,000. The system has
# the file in memory once for all, and no page was slower for asking it.
CACHE_KIB = 512
# Of an import.
IMPORT_CACHE_KIB = 16_384
TEMPORARY_CACHE_KIB = 65_536

_creating = Lock()


class Day(DATE):
    """A date, which Python writes whole: SQLAlchemy puts its parts together, for more."""

    def bind_processor(self, _dialect: Dialect) -> Callable[[date | None], str | None]:
        """Write 2026-11-28, of a moment too."""
        return lambda day: None if day is None else date.isoformat(day)


def set_up(engine: Engine) -> None:
    """Make each connection of this engine a careful one."""
    engine.dialect.colspecs = {**engine.dialect.colspecs, Date: Day}
    if engine.url.database:
        path = Path(engine.url.database)
        if click.get_current_context(silent=True) is None:
            # A process that serves says before it does that it could not.
            _create_private_file(path)
        else:
            # Some commands ask no database, and root may give them.
            event.listen(engine, "do_connect", partial(_create_where_it_can_be, path))
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def make_room(connection: Connection) -> None:
    """Give what is written a large cache, and what is prepared in temporary tables a larger one."""
    connection.exec_driver_sql(f"PRAGMA main.cache_size = -{IMPORT_CACHE_KIB}")
    connection.exec_driver_sql(f"PRAGMA temp.cache_size = -{TEMPORARY_CACHE_KIB}")


def keep_aside(connection: Connection) -> None:
    """Let this connection write to temporary tables alone, and look after no foreign keys.

    Between two transactions, and until `write_too`: references are then the writer's to keep, until
    the connection ends.
    """
    # Loaded with the engine: towns of PostgreSQL do without it.
    from sqlite3 import SQLITE_DELETE, SQLITE_DENY, SQLITE_INSERT, SQLITE_OK, SQLITE_UPDATE

    writing = {SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE}

    def judge(action: int, _what: Any, _column: Any, database: str | None, _within: Any) -> int:
        return SQLITE_DENY if database == "main" and action in writing else SQLITE_OK

    driver: Any = connection.connection.driver_connection
    # Said inside a transaction it would do nothing.
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.set_authorizer(judge)


def write_too(connection: Connection) -> None:
    """Let it write to the portal's own tables again."""
    driver: Any = connection.connection.driver_connection
    driver.set_authorizer(None)


def _create_where_it_can_be(path: Path, *_connecting: object) -> None:
    # Where it cannot, SQLite says so.
    with suppress(OSError):
        _create_private_file(path)


def _create_private_file(path: Path) -> None:
    # One that exists is not even opened: closing it would end the locks that SQLite holds on it for
    # this process (POSIX), and another would take the journal of writes from under our connections.
    with _creating:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    # pysqlite must leave BEGIN to us: see _begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    patience_ms = connection.get_execution_options().get(IMMEDIATE)
    if patience_ms is not None:
        _wait_for_the_disk(connection)
        _begin_writing(connection, patience_ms)
        return
    # A plain BEGIN never fails: the driver alone does it at a thirtieth of the price.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("BEGIN")


def _wait_for_the_disk(connection: Connection) -> None:
    wanted = connection.get_execution_options()[DURABLE]
    if connection.info.get(DURABLE, True) != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
        connection.info[DURABLE] = wanted


def _begin_writing(connection: Connection, patience_ms: int) -> None:
    if patience_ms == BUSY_TIMEOUT_MS:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience_ms}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
