"""Alembic runs inside `flask db`, on the engine of the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, MetaData, TypeDecorator, inspect

from app import models
from app.db import engine, unhurried


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


def columns(connection: Connection) -> dict[str, set[str]]:
    """List the columns of each table."""
    seen = inspect(connection)
    return {
        table: {column["name"] for column in seen.get_columns(table)}
        for table in seen.get_table_names()
    }


def say_to_postgresql_what_indexes_hold(metadata: MetaData) -> None:
    """Give it the conditions that the models say to SQLite alone (`app.db.only`)."""
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            index.dialect_options["postgresql"]["where"] = condition


# When somebody asks what a migration would leave: what there is once it has run, then undone.
left: dict[str, set[str]] | None = context.config.attributes.get("left")
say_to_postgresql_what_indexes_hold(models.Account.metadata)
with unhurried(engine()).connect() as connection, tables_may_be_copied(connection):
    if left is not None:
        # Alembic ends the transactions that it begins.
        connection.begin()
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
    if left is not None:
        left |= columns(connection)
        connection.rollback()
