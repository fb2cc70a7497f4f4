"""Connections that wait for PostgreSQL no longer than they may.

Its own limits are set inside each transaction, in the message that begins it: they cost no more
round trips, and hold behind a pooler, where nothing else of a session lasts. What only reads does
without a transaction on a connection that is ours to keep, whose limits are set once: what a page
costs is round trips first of all. A server that is frozen keeps no limit of its own, so that each
connection counts how long it was waited for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from select import POLLIN, poll
from time import monotonic
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from app.db.options import DURABLE, READS, UNHURRIED

# A page waits for the pool, for an answer to BEGIN, for a new connection: 5 seconds in all.
FIRST_ANSWER_SECONDS = 1.0
# A connection that answered this lately is not asked whether it is still there.
LATELY_SECONDS = 1.0
# What the address of the database may say otherwise. libpq takes no less than 2 seconds.
CONNECTING: Mapping[str, int] = {
    "connect_timeout": 2,
    # A machine that is gone says nothing: the kernel finds out.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one transaction may wait for the database, in all and for each statement."""

    seconds: float | None
    statement_ms: int
    lock_ms: int

    @property
    def of_a_transaction(self) -> bytes:
        """Write what the first message of such a transaction says of them."""
        return self._set("SET LOCAL")

    @property
    def of_a_session(self) -> bytes:
        """Write them for all that has no transaction."""
        return self._set("SET")

    def _set(self, verb: str) -> bytes:
        limits = {"statement_timeout": self.statement_ms, "lock_timeout": self.lock_ms}
        return "; ".join(f"{verb} {name} = {ms}" for name, ms in limits.items()).encode()


OF_A_PAGE = Limits(seconds=4.0, statement_ms=3_500, lock_ms=3_000)
# An import, a migration, a backup; even these do not stand for ever in others' way.
OF_LONG_WORK = Limits(seconds=None, statement_ms=0, lock_ms=60_000)


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up on a server that does not answer."""

    # What is left of the seconds that it may be waited for; None: as long as it takes.
    _left: float | None = FIRST_ANSWER_SECONDS
    # Whether its session is nobody else's, unlike one of a pooler; what limits were set there.
    kept = False
    _limits: Limits | None = None
    _answered = 0.0

    def go_on_without(self, limits: Limits) -> None:
        """Let each statement that follows be its own transaction, with these limits."""
        if self.kept and not (self._limits == limits and self._is_there()):
            self.execute(limits.of_a_session, prepare=False)
            self._limits = limits
        self.bound(limits)

    def _is_there(self) -> bool:
        """Tell whether it answered lately and said nothing since, as whoever cuts it would."""
        if self.closed or monotonic() - self._answered > LATELY_SECONDS:
            return False
        said = poll()
        said.register(self.fileno(), POLLIN)
        return not said.poll(0)

    def begin(self, limits: Limits, *, durable: bool = True) -> None:
        """Begin a transaction with these limits; find out whether the server is still there."""
        # Where an isolation level was asked for, the driver begins.
        first = b"BEGIN; " if self.autocommit else b""
        last = b"" if durable else b"; SET LOCAL synchronous_commit = off"
        # Prepared, it would be one statement.
        self.execute(first + limits.of_a_transaction + last, prepare=False)
        self.bound(limits)

    def bound(self, limits: Limits) -> None:
        """Wait that long for what comes next."""
        self._left = limits.seconds

    def commit(self) -> None:
        """Keep what the transaction did."""
        super().commit()
        self._left = FIRST_ANSWER_SECONDS

    def rollback(self) -> None:
        """Undo what the transaction did."""
        super().rollback()
        self._left = FIRST_ANSWER_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server, on whose answer everything that psycopg does depends."""
        if self._left is None:
            return super().wait(gen, interval, timeout)
        started = monotonic()
        try:
            return super().wait(gen, interval, max(0.0, self._left))
        except psycopg.OperationalError:
            if self.info.transaction_status == TransactionStatus.ACTIVE:
                # Nobody knows what it would answer, nor to what.
                self.close()
            raise
        finally:
            self._answered = monotonic()
            self._left -= self._answered - started


def set_up(engine: Engine, *, kept: bool) -> None:
    """Make each connection of this engine a bounded one; behind a pooler none of them is `kept`."""

    def connect(_dialect: object, _record: object, args: Any, given: Any) -> BoundedConnection:
        # The driver must leave BEGIN to us: see _begin.
        opened = BoundedConnection.connect(*args, **{**CONNECTING, **given, "autocommit": True})
        opened.kept = kept
        return opened

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    try:
        _begin_on(connection)
    except psycopg.OperationalError as error:
        # Cut since it was used last, most often: a ping before each would cost as much as a
        # statement. SQLAlchemy gives another one.
        connection.invalidate(error)
        _begin_on_another(connection)


def _begin_on_another(connection: Connection) -> None:
    try:
        _begin_on(connection)
    except psycopg.OperationalError as error:
        # What goes wrong in an event SQLAlchemy neither names as its own nor takes for a lost
        # connection: a page would be an error, where it says to come back.
        connection.invalidate(error)
        raise OperationalError("BEGIN", None, error, hide_parameters=True) from error


def _begin_on(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, BoundedConnection)
    options = connection.get_execution_options()
    limits = OF_LONG_WORK if options.get(UNHURRIED) else OF_A_PAGE
    reads = driver.kept and options.get(READS)
    if reads or options.get("isolation_level") == "AUTOCOMMIT":
        driver.go_on_without(limits)
    else:
        driver.begin(limits, durable=options.get(DURABLE, True))
