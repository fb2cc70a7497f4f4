"""Towns in one PostgreSQL database: a role each, and a schema of its name, which nobody sets."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select, text, update

from app import db
from app.models import Family
from tests.support.databases import NewDatabase
from tests.support.department import Department
from tests.support.people import settle_in

NAMES = ("allex", "saint-exemple")


@pytest.fixture
def department(
    tmp_path: Path, new_sqlite: NewDatabase, new_postgresql: NewDatabase
) -> Iterator[Department]:
    """Two towns, as docs/plusieurs-communes.md has their roles and schemas made."""
    server = make_url(new_postgresql())
    url = server.set(database="communes")
    department = Department(tmp_path / "towns", new_sqlite)
    with psycopg.connect(server.render_as_string(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE communes")
    with psycopg.connect(url.render_as_string(), autocommit=True) as admin:
        for name in NAMES:
            role = sql.Identifier(name)
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            admin.execute(sql.SQL("CREATE SCHEMA AUTHORIZATION {}").format(role))
            own = url.set(username=name).render_as_string(hide_password=False)
            department.found(name, database_url=own)
    department.open()
    yield department
    department.close()
    with psycopg.connect(server.render_as_string(), autocommit=True) as admin:
        admin.execute("DROP DATABASE communes WITH (FORCE)")
        for name in NAMES:
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_each_has_its_own_schema(department: Department) -> None:
    """Migrated by one command, written and read apart."""
    assert department.lobby is not None
    migrated = department.lobby.test_cli_runner().invoke(args=["all-towns", "db", "upgrade"])
    assert migrated.exit_code == 0, migrated.output
    here, there = (department.town(name).app() for name in NAMES)
    for app in (here, there):
        settle_in(app)
    with here.app_context(), db.transaction() as session:
        session.execute(update(Family).values(street="Rue d’Allex"))
    for name, app in zip(NAMES, (here, there), strict=True):
        with app.app_context():
            assert db.session().scalar(text("SELECT current_schema()")) == name
            streets = set(db.session().scalars(select(Family.street)))
            assert ("Rue d’Allex" in streets) is (name == "allex")
            assert streets
