"""What a page has the database do, in figures that no busy machine bends.

On PostgreSQL the blocks of 8 KiB that its statements look at, wherever they lie; on SQLite the
steps of its virtual machine. Both grow with the town where a statement reads more than its rows.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app import db
from app.db.postgresql import OF_LONG_WORK

Asked = tuple[str, Any]
READS = ("SELECT", "WITH")


def asked(app: Flask, path: str, base_url: str, cookie: str) -> list[Asked]:
    """List the reading statements of one request for a page, with their parameters."""
    said: list[Asked] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_: Any
    ) -> None:
        if statement.startswith(READS):
            said.append((statement, parameters))

    engine = engine_of(app)
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = app.test_client(use_cookies=False).get(
            path, base_url=base_url, headers={"Cookie": cookie}
        )
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.status
    return said


def work(app: Flask, statements: Sequence[Asked]) -> int:
    """Count what these statements have the database do."""
    engine = engine_of(app)
    count = _steps if engine.dialect.name == "sqlite" else _blocks
    connection = engine.raw_connection()
    try:
        return sum(count(connection.driver_connection, *each) for each in statements)
    finally:
        connection.close()


def engine_of(app: Flask) -> Engine:
    """Return the engine of an application."""
    found: Engine = app.extensions[db.EXTENSION]
    return found


def _steps(connection: Any, statement: str, parameters: Any) -> int:
    assert isinstance(connection, sqlite3.Connection)
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(step, 1)
    try:
        connection.execute(statement, parameters).fetchall()
    finally:
        connection.set_progress_handler(None, 1)
    return steps


def _blocks(connection: Any, statement: str, parameters: Any) -> int:
    connection.bound(OF_LONG_WORK)
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    [[[plan]]] = connection.execute(explained, parameters).fetchall()
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])
