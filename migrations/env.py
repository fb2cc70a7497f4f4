"""Alembic runs inside `flask db`, on the engine of the application."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from app import models
from app.db import engine


def render_stored_type(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write what the database stores, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


with engine().connect() as connection:
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
    connection.commit()
