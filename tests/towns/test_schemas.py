"""Towns in one PostgreSQL database: a role each, and a schema of its name, which nobody sets.

Behind PgBouncer, which gives a connection for a transaction, and to the next visitor the next one.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, create_engine, make_url, select, text, update

from app import db
from app.models import Family
from tests.conftest import skip_or_fail
from tests.support.databases import NewDatabase
from tests.support.department import Department
from tests.support.people import settle_in
from tests.support.postgresql import PGBOUNCER, pooled

NAMES = ("allex", "saint-exemple")
SCHEMA = text("SELECT current_schema()")


@pytest.fixture
def server(new_postgresql: NewDatabase) -> Iterator[URL]:
    """The roles and the schemas, as docs/plusieurs-communes.md has them made."""
    url = make_url(new_postgresql())
    with psycopg.connect(url.render_as_string(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE communes")
    url = url.set(database="communes")
    with psycopg.connect(url.render_as_string(), autocommit=True) as admin:
        for name in NAMES:
            role = sql.Identifier(name)
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            admin.execute(sql.SQL("CREATE SCHEMA AUTHORIZATION {}").format(role))
    yield url
    with psycopg.connect(new_postgresql(), autocommit=True) as admin:
        admin.execute("DROP DATABASE communes WITH (FORCE)")
        for name in NAMES:
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def department(tmp_path: Path, new_sqlite: NewDatabase, server: URL) -> Iterator[Department]:
    """Two towns whose pages go through the pooler."""
    if not Path(PGBOUNCER).exists():
        skip_or_fail("PgBouncer is not installed (Debian: pgbouncer)")
    with pooled(server.render_as_string(), *NAMES) as address:
        department = Department(tmp_path / "towns", new_sqlite)
        for name in NAMES:
            own = make_url(address).set(username=name, database="communes")
            department.found(name, database_url=own.render_as_string())
        department.write("", {"database_pool": "none"})
        department.open()
        yield department
        department.close()


def test_each_has_its_own_schema(department: Department, server: URL) -> None:
    """Migrated by one command, written and read apart, at once."""
    assert department.lobby is not None
    migrated = department.lobby.test_cli_runner().invoke(args=["all-towns", "db", "upgrade"])
    assert migrated.exit_code == 0, migrated.output
    apps = [department.town(name).app() for name in NAMES]
    for name, app in zip(NAMES, apps, strict=True):
        settle_in(app)
        with app.app_context(), db.transaction() as session:
            session.execute(update(Family).values(street=f"Rue de {name}"))

    def streets(number: int) -> tuple[int, set[str]]:
        with apps[number].app_context():
            return number, set(db.session().scalars(select(Family.street)))

    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(streets, [0, 1] * 20))
    assert found == [(0, {"Rue de allex"}), (1, {"Rue de saint-exemple"})] * 20
    # Without the pooler too, and nothing lies where all would find it.
    for name in (*NAMES, "portail"):
        engine = create_engine(server.set(username=name))
        with engine.connect() as connection:
            assert connection.scalar(SCHEMA) == ("public" if name == "portail" else name)
            if name == "portail":
                lying = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                assert connection.scalar(lying) == 0
        engine.dispose()
