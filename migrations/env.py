"""Alembic runs inside `flask db`, on the engine of the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator

from app import models
from app.db import engine


def render_stored_type(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write what the database stores, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


@contextmanager
def tables_may_be_copied(connection: Connection) -> Iterator[None]:
    """Keep what the block does; SQLite may copy a table in it that others refer to."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        connection.commit()
        return
    # Neither counts inside a transaction, which SQLAlchemy would begin.
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("rows would refer to nothing")
        connection.commit()
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


with engine().connect() as connection, tables_may_be_copied(connection):
    context.configure(
        connection=connection,
        target_metadata=models.Account.metadata,
        compare_type=True,
        render_item=render_stored_type,
        # SQLite changes a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
