"""The great town that SQL writes is the same on both databases, and one that the portal reads."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import make_url, select

import config
from app import create_app, db
from app.db import Base
from benchmarks import database_work, filling, portals
from benchmarks.booked_town import around
from benchmarks.booking_pages import list_of, of_families
from benchmarks.web import PAGES, asked_of
from tests.support.databases import NewDatabase

FAMILIES = 5
MONDAY = date(2026, 11, 30)
# What the databases keep in their own way.
NOT_COMPARED = {"password_hash"}


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """Fill a file, and read all of it."""
    folder = tmp_path_factory.mktemp("great-town")
    url = f"sqlite:///{folder / 'town.db'}"
    assert sum(filling.make(url, FAMILIES, around(MONDAY)).values()) > 1_000
    return everything(create_app(config.Test(instance=folder, database_url=url)))


def everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Read every row of every table, but for what is drawn anew."""
    with app.app_context():
        found = {
            table.name: sorted(
                (
                    tuple(row)
                    for row in db.session().execute(
                        select(*(each for each in table.c if each.name not in NOT_COMPARED))
                    )
                ),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
        }
    database_work.engine_of(app).dispose()
    return found


def indexes_of(database_url: str) -> list[tuple[str, ...]]:
    """List every index, as it was asked for."""
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT indexdef FROM pg_indexes ORDER BY indexdef").fetchall()


@pytest.fixture
def database_apart(new_postgresql: NewDatabase) -> str:
    """A database of its own: those of other tests count on numbers that only go up."""
    address = make_url(new_postgresql())
    with psycopg.connect(address.render_as_string(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE great_town")
    return address.set(database="great_town").render_as_string()


def test_the_town_is_the_same_on_both(
    on_sqlite: dict[str, list[tuple[object, ...]]], database_apart: str, tmp_path: Path
) -> None:
    """Every row; and the indexes that were away meanwhile are there again."""
    filling.migrate(database_apart)
    indexes = indexes_of(database_apart)
    filling.fill(database_apart, FAMILIES, around(MONDAY))
    assert indexes_of(database_apart) == indexes
    app = create_app(config.Test(instance=tmp_path, database_url=database_apart))
    assert everything(app) == on_sqlite


def test_its_pages_ask_as_much_of_ten_times_as_many(tmp_path: Path) -> None:
    """What the database does for a page hardly grows with the town."""
    done = []
    for families in (FAMILIES, 10 * FAMILIES):
        url = f"sqlite:///{tmp_path / str(families)}.db"
        filling.make(url, families)
        given = portals.environment(tmp_path, port=8000) | {"PORTAIL_DATABASE_URL": url}
        settings = config.load(given)
        app = create_app(settings)
        cookies = portals.sign_in(app)
        done.append(
            {
                page.name: database_work.work(
                    app,
                    database_work.asked(app, page.path, settings.public_url, cookies[page.family]),
                )
                for page in PAGES
            }
        )
        database_work.engine_of(app).dispose()
    few, many = done
    assert few["home"] > 0
    assert all(many[name] <= 1.05 * few[name] for name in few), done


@time_machine.travel(MONDAY, tick=False)
def test_pages_of_its_bookings_ask_little(tmp_path: Path) -> None:
    """A week, a month, the list of a day."""
    url = f"sqlite:///{tmp_path / 'town.db'}"
    filling.make(url, FAMILIES, around(MONDAY))
    given = portals.environment(tmp_path, port=8000) | {"PORTAIL_DATABASE_URL": url}
    settings = config.load(given)
    app = create_app(settings)
    cookies = portals.settle_in(app)
    database_work.engine_of(app).dispose()
    for page in (*of_families(MONDAY), list_of(MONDAY)):
        assert len(asked_of(settings, page, cookies[page.family])) <= page.statements
