"""Write a great town into a database: a million families in minutes, in `great_town`'s words.

python -m benchmarks.filling URL FAMILIES

The database is empty; it is migrated first. On PostgreSQL its owner is to be a superuser: foreign
keys are not checked row by row, and other indexes than those of primary keys are made at the end.
"""

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import func, select
from sqlalchemy.engine import URL, make_url

import config
from app import create_app, db
from app.models import Family
from app.services.accounts.passwords import hash_password
from benchmarks import great_town, portals
from benchmarks.great_town import Dialect, Filled

SECONDARY_INDEXES = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"""
SEQUENCES = """
    SELECT format('SELECT setval(%L, (SELECT coalesce(max(id), 1) FROM %s))',
                  pg_get_serial_sequence(attrelid::regclass::text, 'id'), attrelid::regclass)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'id'
      AND pg_get_serial_sequence(attrelid::regclass::text, 'id') IS NOT NULL"""


# What else stands in a town of this many families.
More = Callable[[Dialect, int], Iterator[Filled]]


def main(url: str, families: int) -> None:
    """Migrate, fill, and say how many rows each table has."""
    started = time.perf_counter()
    rows = make(url, families)
    for table, count in rows.items():
        print(f"  {table:24}{count:14,}")
    print(f"  {sum(rows.values()):,} rows in {time.perf_counter() - started:.0f} s")


def make(url: str, families: int, more: More | None = None) -> dict[str, int]:
    """See to it that a town of this many families stands there: one that does is left alone."""
    migrate(url)
    engine = db.open_engine(url)
    with engine.connect() as counting:
        found = counting.scalar(select(func.count()).select_from(Family))
    engine.dispose()
    if found not in {0, families}:
        raise SystemExit(f"{url} holds another town, of {found:,} families")
    return {} if found else fill(url, families, more)


def migrate(url: str) -> None:
    """Bring the database to the newest schema; make it first where there is none."""
    address = make_url(url)
    assert address.database
    if address.get_backend_name() != "sqlite":
        _create(address, address.database)
    elif not Path(address.database).exists():
        Path(address.database).write_bytes(portals.migrated_file())
        return
    portals.migrate(url)


def _create(address: URL, name: str) -> None:
    with _connected(address.set(database="postgres")) as connection:
        named = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(named, [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


def fill(url: str, families: int, more: More | None = None) -> dict[str, int]:
    """Write a town of this many families; return the number of rows of each table."""
    address = make_url(url)
    on_sqlite = address.get_backend_name() == "sqlite"
    dialect = great_town.SQLITE if on_sqlite else great_town.POSTGRESQL
    rows: dict[str, int] = {}
    filled = great_town.statements(dialect, families, _password_hash())
    with _sqlite(address) if on_sqlite else _postgresql(address) as connection:
        for table, statement in chain(filled, more(dialect, families) if more else ()):
            rows[table] = rows.get(table, 0) + connection.execute(statement).rowcount
    return rows


def _password_hash() -> str:
    """Hash the password as production does, which checking it costs."""
    with TemporaryDirectory() as folder:
        app = create_app(config.load(portals.environment(Path(folder), port=8000)))
        with app.app_context():
            return hash_password(portals.PASSWORD)


def _connected(address: URL) -> psycopg.Connection:
    written = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(written, autocommit=True)


@contextmanager
def _sqlite(address: URL) -> Iterator[sqlite3.Connection]:
    assert address.database
    connection = sqlite3.connect(address.database)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        made = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        with connection:
            for name, _ in made:
                connection.execute(f"DROP INDEX {name}")
            yield connection
            for _, definition in made:
                connection.execute(definition)
        connection.execute("ANALYZE")
    finally:
        connection.close()


@contextmanager
def _postgresql(address: URL) -> Iterator[psycopg.Connection]:
    with _connected(address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET work_mem = '512MB'")
        indexes = connection.execute(SECONDARY_INDEXES).fetchall()
        with connection.transaction():
            # What its own transaction emptied is not written to the log too: `wal_level=minimal`.
            emptied = ", ".join(db.Base.metadata.tables)
            connection.execute(f"TRUNCATE {emptied} RESTART IDENTITY")
            for dropped, _ in indexes:
                connection.execute(dropped)
            yield connection
            for _, made in indexes:
                connection.execute(made)
            for [statement] in connection.execute(SEQUENCES).fetchall():
                connection.execute(statement)
        connection.execute("VACUUM (ANALYZE)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("families", metavar="FAMILIES", type=int)
    arguments = parser.parse_args()
    main(arguments.url, arguments.families)
