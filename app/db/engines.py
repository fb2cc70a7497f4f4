"""How each database is opened, and what is said when it is not there."""

from typing import Any

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from app.db import sqlite
from app.db.options import UNHURRIED

# Of a process, opened when they are needed. A request has one, and so has each of two watchers.
MOST_CONNECTIONS = 15
# Whoever finds them all in use is told soon enough to ask again.
POOL_SECONDS = 0.8

# What an absent, locked or full database raises.
Unavailable = OperationalError


class Busy(OperationalError):  # noqa: N818 (nothing is broken)
    """Others hold every connection, or wait to write: to be asked again in a moment."""

    def __init__(self, reason: str) -> None:
        """Say which."""
        super().__init__(None, None, Exception(reason))


def open_engine(url: str, most: int | None = MOST_CONNECTIONS) -> Engine:
    """Make an engine for this URL, which keeps that many connections at most.

    With None it keeps none: a pooler in front of the database does, and what one transaction leaves
    on a connection is not there for the next. Its errors go to the log: they show statements, never
    what parents typed.
    """
    parsed = make_url(url)
    options = _pool(most) | {"hide_parameters": True}
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, **options)
        sqlite.set_up(engine)
    else:
        # Imported where it is used: SQLite's towns do without the driver.
        from app.db import postgresql

        # A pooler gives the next transaction to another session, which knows no prepared statement.
        arguments = {"prepare_threshold": None} if most is None else {}
        engine = create_engine(parsed, connect_args=arguments, **options)
        postgresql.set_up(engine, kept=most is not None)
    event.listen(engine, "handle_error", _say_that_it_is_gone)
    return engine


def unhurried(engine: Engine) -> Engine:
    """Return the same engine, whose transactions may last: for what no page waits for."""
    return engine.execution_options(**{UNHURRIED: True})


def _pool(most: int | None) -> dict[str, Any]:
    if most is None:
        return {"poolclass": NullPool}
    return {
        "poolclass": QueuePool,
        "pool_size": most,
        "max_overflow": 0,
        "pool_timeout": POOL_SECONDS,
        # The others may close meanwhile: fewer are in use at most hours.
        "pool_use_lifo": True,
    }


def _say_that_it_is_gone(context: ExceptionContext) -> OperationalError | None:
    """Give one name to a connection that was cut, whatever the driver was doing at that moment."""
    raised = context.sqlalchemy_exception
    if not context.is_disconnect or raised is None or isinstance(raised, OperationalError):
        return None
    return OperationalError(
        context.statement, None, context.original_exception, hide_parameters=True,
        connection_invalidated=True,
    )  # fmt: skip
