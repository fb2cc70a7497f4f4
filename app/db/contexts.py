"""The connection of a request, a command or a job: one, from its first question to its end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from time import monotonic, sleep
from typing import Any, TypeVarTuple

from flask import Flask, has_app_context
from sqlalchemy import Connection, Engine, Result, Row, Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app import here
from app.db.columns import Base
from app.db.engines import MOST_CONNECTIONS, Busy, open_engine
from app.db.options import DURABLE, IMMEDIATE, READS, UNHURRIED
from app.db.reading import read
from app.db.sqlite import BUSY_TIMEOUT_MS
from app.gates import Crowded, Gate
from app.paging import PAGE_SIZE, Page, page_number

EXTENSION = "portail.engine"
# Where those who write to SQLite wait for each other.
WRITERS = "portail.writers"
# Whoever waits to write holds a thread: past a moment, all but these are told at once.
MOST_WAITING_WRITERS = 2
MOMENT_SECONDS = 0.25
MAKE_WAY_SECONDS = 0.08
# What a session does once its transaction is committed.
TO_DO_AFTER = "portail.after_commit"
# How a transaction that prepares begins to write.
WRITING = "portail.writing"

Columns = TypeVarTuple("Columns")


class _ContextSession(Session):
    """The ORM's side of the connection that the context has at that moment."""

    def get_bind(self, *_whose: Any, **_details: Any) -> Connection:
        return _connection()


def init_app(app: Flask, url: str, most: int | None = MOST_CONNECTIONS) -> None:
    """Give the application its engine; connections end with the application context."""
    opened = open_engine(url, most)
    app.extensions[EXTENSION] = opened
    if opened.dialect.name == "sqlite":
        app.extensions[WRITERS] = Gate(most_waiting=MOST_WAITING_WRITERS, moment=MOMENT_SECONDS)
    app.teardown_appcontext(_end)


def engine() -> Engine:
    """Return the engine of the current application."""
    found: Engine = here.application().extensions[EXTENSION]
    return found


def session() -> Session:
    """Return the session of the current application context, for reading."""
    context = here.g()
    if "session" not in context:
        # It takes part in whatever transaction the connection is in, and may end it.
        context.session = _ContextSession(
            expire_on_commit=False, join_transaction_mode="control_fully"
        )
    found: Session = context.session
    return found


def rows(statement: Select[*Columns], **parameters: Any) -> Sequence[Row[*Columns]]:
    """Read rows of columns, for a page: half the price of the same statement through the ORM."""
    return read(_connection(), statement, parameters)


def stream(statement: Select[*tuple[Any, ...]], some: int) -> Result[*tuple[Any, ...]]:
    """Read rows so many at a time, to be closed by whoever reads no more of them.

    In a transaction, which PostgreSQL wants for that; it ends the one that reads without.
    """
    let_go()
    _connection().execution_options(**{READS: False})
    return session().execute(statement.execution_options(yield_per=some))


def page(
    statement: Select[*Columns], asked: str, size: int = PAGE_SIZE, **parameters: Any
) -> Page[Row[*Columns]]:
    """Read the page of a long list that an address asks for, in two statements."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    [(total,)] = rows(counted, **parameters)
    number = page_number(asked, total, size)
    some = statement.limit(size).offset((number - 1) * size)
    return Page(rows(some, **parameters), number, total, size)


def let_go() -> None:
    """Give the connection back before something long that needs none, such as a hash.

    Inside `transaction()` nothing can be let go.
    """
    if not has_app_context():
        return
    context = here.g()
    if "connection" in context and "writing" not in context:
        if "session" in context:
            context.session.rollback()
        _give_back()


def take_time() -> None:
    """Let this context ask the database for as long as its work takes: no page waits for it.

    What it reads is in one transaction, which PostgreSQL wants for a moment of its own, or for rows
    that come by the hundred. What else only reads has none there.
    """
    let_go()
    here.g().unhurried = True


@contextmanager
def transaction(
    patience_ms: int = BUSY_TIMEOUT_MS, *, durable: bool = True, prepares: bool = False
) -> Iterator[Session]:
    """Write: all of the block is kept when it ends, none of it when it raises.

    A SQLite transaction that starts by reading cannot safely go on to write, so what was read
    before is let go and the write lock is taken at once, or Unavailable raised when somebody else
    holds it longer than `patience_ms`. One that `prepares` reads and fills temporary tables first,
    and says when it begins to write: `write_now`; its connection ends with it, as what it left
    there is nobody else's. Transactions do not nest.

    Without `durable` nobody waits for the disk, and a power cut may lose it: for what is found out
    again, or done twice, at no cost, or where `wait_for_the_disk` follows.
    """
    context = here.g()
    assert "writing" not in context, "transactions do not nest"
    current = session()
    with ExitStack() as turn:
        try:
            context.writing = True
            current.rollback()
            _connection().rollback()
            _connection().execution_options(**{DURABLE: durable, READS: False})
            if prepares:
                current.info[WRITING] = lambda: _begin_writing(current, turn, patience_ms)
            else:
                _begin_writing(current, turn, patience_ms)
            yield current
            current.commit()
        except BaseException:
            current.info.pop(TO_DO_AFTER, None)
            with suppress(DBAPIError):
                current.rollback()
            raise
        finally:
            current.info.pop(WRITING, None)
            del context.writing
            if prepares:
                _connection().invalidate()
            _give_back()
    for act in current.info.pop(TO_DO_AFTER, ()):
        act()


def write_now(session: Session) -> None:
    """End the preparing of a transaction: what was read may have changed, what follows cannot.

    PostgreSQL goes on, as there whoever writes stands in nobody's way.
    """
    if session.connection().dialect.name == "sqlite":
        session.commit()
        session.info.pop(WRITING)()


def make_way() -> None:
    """Let those who wait to write come in, between two transactions of one work.

    Only SQLite has one writer at a time, and whoever waits for it looks every tenth of a second.
    """
    if engine().dialect.name == "sqlite":
        sleep(MAKE_WAY_SECONDS)


def wait_for_the_disk() -> None:
    """Have SQLite's disk hold all that is committed, while others write; PostgreSQL's does."""
    if engine().dialect.name == "sqlite":
        _connection().exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        let_go()


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Do this once, when what the session's transaction wrote can be read by others."""
    to_do: list[Callable[[], None]] = session.info.setdefault(TO_DO_AFTER, [])
    if act not in to_do:
        to_do.append(act)


def insert(table: type[Base]) -> Any:
    """Start an INSERT that knows ON CONFLICT, which SQLAlchemy keeps per dialect."""
    # Only the dialect in use: the other one costs every start a twentieth of a second.
    return import_module(f"sqlalchemy.dialects.{engine().dialect.name}").insert(table)


def _connection() -> Connection:
    """Return the connection of this context. Raises Busy when others hold them all."""
    context = here.g()
    found: Connection | None = context.get("connection")
    if found is None:
        try:
            found = engine().connect()
        except PoolTimeout as full:
            raise Busy("every connection is in use") from full
        found.execution_options(**{UNHURRIED if "unhurried" in context else READS: True})
        context.connection = found
    return found


def _begin_writing(session: Session, turn: ExitStack, patience_ms: int) -> None:
    writers: Gate | None = here.application().extensions.get(WRITERS)
    if writers is not None:
        came = monotonic()
        # Of those in this process: a mail that has left is settled, whoever else writes.
        waits_its_turn = "unhurried" in here.g() and patience_ms >= BUSY_TIMEOUT_MS
        patience = None if waits_its_turn else patience_ms / 1_000
        try:
            turn.enter_context(writers.passing(patience=patience))
        except Crowded:
            raise Busy("others wait to write") from None
        waited_ms = int((monotonic() - came) * 1_000)
        # Changing it costs two statements: not for the moment that others usually take.
        if waited_ms > MOMENT_SECONDS * 1_000 and not waits_its_turn:
            patience_ms = max(0, patience_ms - waited_ms)
    connection = _connection()
    connection.execution_options(**{IMMEDIATE: patience_ms})
    session.connection()


def _give_back() -> None:
    """Return the connection to the pool. One that was cut is nobody's trouble any more."""
    connection: Connection | None = here.g().pop("connection", None)
    if connection is not None:
        try:
            connection.close()
        except DBAPIError:
            connection.invalidate()
            connection.close()


def _end(_error: BaseException | None) -> None:
    opened: Session | None = here.g().pop("session", None)
    if opened is not None:
        with suppress(DBAPIError):
            opened.close()
    _give_back()
