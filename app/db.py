"""The database: one engine per application, one session per application context.

Reading and writing differ. Pages read rows with statements built once at module level. Acts write
inside `transaction()`, which commits once, when its block ends.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVarTuple

from flask import Flask, current_app, g
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    Select,
    TypeDecorator,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from app.paging import PAGE_SIZE, Page, page_number

EXTENSION = "portail.engine"
# The execution option of a transaction that writes: how long it waits for others who write, in ms.
IMMEDIATE = "portail_immediate"
# Whether what it wrote outlives a power cut; the end of a process it outlives always.
DURABLE = "portail_durable"
BUSY_TIMEOUT_MS = 5_000
# What a session does once its transaction is committed.
TO_DO_AFTER = "portail.after_commit"

Columns = TypeVarTuple("Columns")

# What an absent, locked or full database raises.
Unavailable = OperationalError


class Base(DeclarativeBase):
    """Parent of every table; constraints get predictable names, which migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on databases that know no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: nobody can tell what hour they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Hundredths(TypeDecorator[Decimal]):
    """An exact number with two decimals, such as euros, kept as a whole number of hundredths."""

    impl = BigInteger
    cache_ok = True
    decimals: ClassVar[int] = 2

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Refuse what these decimals cannot hold, rather than round somebody's money."""
        if value is None:
            return None
        scaled = value.scaleb(self.decimals)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.decimals} decimals")
        return int(scaled)

    def process_result_value(
        self, value: int | Decimal | None, _dialect: Dialect
    ) -> Decimal | None:
        """Give the number back with its decimals (PostgreSQL sums integers to numeric)."""
        return None if value is None else Decimal(int(value)).scaleb(-self.decimals)


class Thousandths(Hundredths):
    """The same with three decimals: a quantity, such as an eighth of an hour."""

    cache_ok = True
    decimals = 3


class TenThousandths(Hundredths):
    """The same with four decimals: a unit price, such as a rate of effort makes it."""

    cache_ok = True
    decimals = 4


def new_public_id() -> str:
    """Make the opaque name by which a URL designates a row."""
    return secrets.token_hex(8)


def init_app(app: Flask, url: str) -> None:
    """Give the application its engine; sessions end with the application context."""
    app.extensions[EXTENSION] = open_engine(url)
    app.teardown_appcontext(_close_session)


def open_engine(url: str) -> Engine:
    """Make an engine for this URL, with the settings SQLite needs to be a real database.

    Its errors go to the log: they show statements, never what parents typed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.database:
        _create_private_file(Path(parsed.database))
    engine_ = create_engine(parsed, hide_parameters=True)
    event.listen(engine_, "connect", _set_sqlite_pragmas)
    event.listen(engine_, "begin", _begin_sqlite_transaction)
    return engine_


def engine() -> Engine:
    """Return the engine of the current application."""
    found: Engine = current_app.extensions[EXTENSION]
    return found


def session() -> Session:
    """Return the session of the current application context, for reading."""
    if "session" not in g:
        g.session = Session(engine(), expire_on_commit=False)
    found: Session = g.session
    return found


def rows(statement: Select[*Columns], **parameters: Any) -> Sequence[Row[*Columns]]:
    """Read rows of columns, for a page: half the price of the same statement through the ORM."""
    if "reading" not in g:
        g.reading = engine().connect()
    reading: Connection = g.reading
    return reading.execute(statement, parameters).all()


def page(
    statement: Select[*Columns], asked: str, size: int = PAGE_SIZE, **parameters: Any
) -> Page[Row[*Columns]]:
    """Read the page of a long list that an address asks for, in two statements."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    [(total,)] = rows(counted, **parameters)
    number = page_number(asked, total, size)
    some = statement.limit(size).offset((number - 1) * size)
    return Page(rows(some, **parameters), number, total, size)


@contextmanager
def transaction(patience_ms: int = BUSY_TIMEOUT_MS, *, durable: bool = True) -> Iterator[Session]:
    """Write: all of the block is kept when it ends, none of it when it raises.

    A SQLite transaction that starts by reading cannot safely go on to write, so what was read
    before is let go and the write lock is taken at once, or Unavailable raised when somebody else
    holds it longer than `patience_ms`. Transactions do not nest.

    Without `durable` nobody waits for the disk, and a power cut may lose it: for what is found out
    again, or done twice, at no cost.
    """
    _stop_reading()
    current = session()
    current.rollback()
    connection = current.connection(execution_options={IMMEDIATE: patience_ms, DURABLE: durable})
    if not durable and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        current.info.pop(TO_DO_AFTER, None)
        raise


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Do this once, when what the session's transaction wrote can be read by others."""
    to_do: list[Callable[[], None]] = session.info.setdefault(TO_DO_AFTER, [])
    if act not in to_do:
        to_do.append(act)


@event.listens_for(Session, "after_commit")
def _do_what_follows(session: Session) -> None:
    for act in session.info.pop(TO_DO_AFTER, ()):
        act()


def insert(table: type[Base]) -> Any:
    """Start an INSERT that knows ON CONFLICT, which SQLAlchemy keeps per dialect."""
    # Only the dialect in use: the other one costs every start a twentieth of a second.
    return import_module(f"sqlalchemy.dialects.{engine().dialect.name}").insert(table)


def _stop_reading() -> None:
    reading: Connection | None = g.pop("reading", None)
    if reading is not None:
        reading.close()


def _close_session(_error: BaseException | None) -> None:
    _stop_reading()
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()


def _create_private_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_sqlite_pragmas(connection: DBAPIConnection, _record: object) -> None:
    # pysqlite must leave BEGIN to us: see _begin_sqlite_transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
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
