"""Fixtures that every test may ask for."""

import functools
import gc
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from app import create_app
from app.services.files import stores
from app.web import printing
from app.web.logs import JsonFormatter
from tests.support.browser import Browser
from tests.support.bucket import Service, object_storage
from tests.support.compiled_once import compiled_once
from tests.support.connections import connections_watched
from tests.support.databases import (
    POSTGRESQL_BINARIES,
    NewDatabase,
    postgresql_factory,
    sqlite_factory,
)
from tests.support.people import People, settle_in

pytest_plugins = [
    "app.testing", "tests.support.driving", "tests.support.gallery", "tests.support.patience",
    "tests.support.scheduling",
]  # fmt: skip

TESTS = Path(__file__).parent
BOTH_DATABASES = ("sqlite", "postgresql")
StartAgain = Callable[[config.Settings], Flask]
# Pages, commands and files to import: what they ask, the tests of services ask of both.
ON_ONE_DATABASE = tuple(
    TESTS / place
    for place in (
        "blueprints", "cli", "services/importing", "templates", "web", "test_architecture.py",
        "test_documentation.py", "test_markup.py", "test_pages.py", "test_walk.py",
    )
)  # fmt: skip


# A test leaves tens of thousands of objects behind, which die with its application.
OBJECTS_BETWEEN_LOOKS = 50_000


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while tests are read, nor ever again among what was read."""
    gc.disable()
    yield
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    gc.enable()


class Strict(logging.Handler):
    """Writes each line as production does, and lets what is wrong with one fail the test."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it for nobody."""
        self.format(record)


@pytest.fixture(autouse=True, scope="session")
def log_as_in_production() -> Iterator[None]:
    """Make every line that a town's portal would log."""
    strict = Strict(logging.INFO)
    strict.setFormatter(JsonFormatter())
    logger = logging.getLogger("portail")
    logger.setLevel(logging.INFO)
    logger.addHandler(strict)
    yield
    logger.removeHandler(strict)


@pytest.fixture(scope="session", autouse=True)
def no_connection_left_open() -> Iterator[None]:
    """Whoever leaves one to SQLite open is told so, whatever the Python."""
    with connections_watched():
        yield


def skip_or_fail(reason: str) -> None:
    """Skip for want of a program on somebody's machine; in CI nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def code_compiled_once() -> Iterator[None]:
    """The applications of all tests share the code of their templates and of their URL maps."""
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """A function that makes an empty, migrated SQLite database and returns its URL."""
    return sqlite_factory(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def new_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewDatabase]:
    """The same with PostgreSQL."""
    if not POSTGRESQL_BINARIES:
        skip_or_fail("PostgreSQL is not installed (Debian: postgresql)")
    with postgresql_factory(tmp_path_factory.mktemp("postgresql")) as new:
        yield new


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """A hosting company whose object storage a town may use."""
    with object_storage() as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a database runs on both kinds, or on SQLite alone.

    One that alone asks some SQL is marked `both_databases` there, as is the one that goes through
    every screen.
    """
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database_url" not in metafunc.fixturenames or "database_url" in chosen:
        return
    on_one = any(metafunc.definition.path.is_relative_to(place) for place in ON_ONE_DATABASE)
    on_both = not on_one or metafunc.definition.get_closest_marker("both_databases")
    kinds = BOTH_DATABASES if on_both else BOTH_DATABASES[:1]
    metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of the kind that the test runs on."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return new()


def settings_of(instance: Path, database_url: str) -> config.Settings:
    """Return the settings of a town that says all of itself."""
    return config.Test(
        instance=instance,
        database_url=database_url,
        town_name="Saint-Exemple",
        town_phone="04 76 00 00 00",
        town_address="1 place de la Mairie, 38000 Saint-Exemple",
        town_hours="du lundi au vendredi, de 9 h à 12 h",
    )


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> config.Settings:
    """The settings of the application under test."""
    return settings_of(tmp_path / "instance", database_url)


def furnished(settings: config.Settings) -> Flask:
    """Make the application of a town that has a place for its files."""
    application = create_app(settings)
    with application.app_context():
        stores.store().check()
    return application


@pytest.fixture
def app(settings: config.Settings) -> Iterator[Flask]:
    """The application, on an empty database, without a context pushed."""
    application = furnished(settings)
    yield application
    application.extensions["portail.engine"].dispose()


@pytest.fixture
def start_again(app: Flask) -> Iterator[StartAgain]:
    """Makes a second application on the same database: another process, with other settings."""
    started: list[Flask] = []

    def start(settings: config.Settings) -> Flask:
        started.append(create_app(settings))
        return started[-1]

    yield start
    for application in started:
        application.extensions["portail.engine"].dispose()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor nobody knows yet."""
    return Browser(app)


@pytest.fixture
def people(app: Flask) -> People:
    """The cast of tests/support/people.py, settled in the database of the application."""
    return settle_in(app)


# Half a second each.
to_pdf_once = functools.cache(printing.to_pdf)


@pytest.fixture
def papers_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who opens every page many times: a paper that reads the same is the same paper."""
    monkeypatch.setattr(printing, "to_pdf", to_pdf_once)


@pytest.fixture
def app_without_database(tmp_path: Path) -> Iterator[Flask]:
    """The application for what never asks the database, or finds it empty."""
    application = furnished(config.Test(instance=tmp_path))
    yield application
    application.extensions["portail.engine"].dispose()
