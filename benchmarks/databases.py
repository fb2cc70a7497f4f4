"""The two databases under measure; PostgreSQL by its socket, as the shipped settings have it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support.databases import postgresql_server

BOTH = SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
# Of a machine of some gigabytes; a log that the filling of a town does not wait for.
OPTIONS = (
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB "
    "-c shared_buffers=1GB -c max_connections=200"
)


@contextmanager
def server(given: str = "") -> Iterator[str]:
    """Give the address of a PostgreSQL server: this one, or one for the time of the block."""
    if given:
        yield given
        return
    with postgresql_server(options=OPTIONS) as running:
        yield f"postgresql://portail@/postgres?host={running.folder}&port={running.port}"


def database(server: str, name: str) -> str:
    """Return the address of a database there."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database of this kind, for the time of the block."""
    if kind == SQLITE:
        yield f"sqlite:///{folder / 'portail.db'}"
        return
    with server() as address:
        yield database(address, "portail")
