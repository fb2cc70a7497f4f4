"""The database fails under those who use it: they are told, what was said to be kept is kept."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import JournalEntry
from app.services.accounts import signing_in
from app.services.actors import Origin
from tests.conftest import skip_or_fail
from tests.faults.load import ACCOUNT, Load
from tests.support.browser import Browser
from tests.support.databases import (
    NewDatabase,
    engine_of,
    postgresql_factory,
    wait_for_server,
)  # fmt: skip
from tests.support.people import People, settle_in
from tests.support.postgresql import PGBOUNCER, pooler

SMALL_DISK, POSTGRESQL_DISK = "6m", "120m"


def crash(url: str) -> None:
    """Kill one process of the server: it cuts everybody, and starts anew."""
    with psycopg.connect(url) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    wait_for_server(url)


@pytest.fixture
def town(settings: config.Settings) -> Iterator[Flask]:
    """A portal that says 503 rather than raise."""
    with opened(settings) as crowd:
        yield crowd


@contextmanager
def opened(settings: config.Settings) -> Iterator[Flask]:
    crowd = create_app(replace(settings, mail_delivery="worker"))
    crowd.config["PROPAGATE_EXCEPTIONS"] = False
    yield crowd
    engine_of(crowd).dispose()


@pytest.mark.parametrize("crashes", [1, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_crashes_under_load(town: Flask, database_url: str, crashes: int) -> None:
    """Pages are whole or say when to come back; no act that was answered is lost."""
    stands(town, lambda: crash(database_url), crashes)


@pytest.mark.parametrize("restarts", [1, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_pooler_restarts_under_load(settings: config.Settings, restarts: int) -> None:
    """PgBouncer cuts everybody as it leaves, and nobody is there for a moment."""
    if not Path(PGBOUNCER).exists():
        skip_or_fail("PgBouncer is not installed (Debian: pgbouncer)")
    with pooler(settings.database_url) as running:
        behind = replace(settings, database_url=running.address, database_pool="none")

        def restart() -> None:
            running.stop()
            running.start()

        with opened(behind) as town:
            stands(town, restart, restarts)


def stands(town: Flask, fault: Callable[[], None], times: int) -> None:
    """Have it happen while somebody reads and somebody writes."""
    people = settle_in(town)
    browser = Browser(town)
    browser.sign_in(people.zest)
    with Load(town, browser) as load:
        for _ in range(times):
            load.wait_for_more()
            fault()
        load.wait_for_more()
    keeps_its_word(town, load, times)


def keeps_its_word(town: Flask, load: Load, interruptions: int) -> None:
    """Look at what people were told, and at what was kept."""
    with town.app_context():
        asked = select(func.count()).where(JournalEntry.event == "credentials_requested")
        journaled = db.session().scalar(asked)
    assert set(load.statuses) <= {200, 503}
    assert journaled is not None
    # One that was cut while it was being kept may be there, and nobody was told so.
    assert load.kept <= journaled <= load.kept + interruptions


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that is soon full."""
    with mounted(tmp_path / "disk", SMALL_DISK) as disk:
        yield disk


@contextmanager
def mounted(disk: Path, size: str) -> Iterator[Path]:
    """Have a disk of this size there."""
    if os.geteuid() != 0:
        skip_or_fail("mounting a small disk wants root")
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        skip_or_fail("this machine mounts nothing")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def test_the_disk_is_full(small_disk: Path, new_sqlite: NewDatabase) -> None:
    """Who reads goes on, who writes is told; with room again, nothing needs mending."""
    shutil.copy(new_sqlite().removeprefix("sqlite:///"), small_disk / "portail.db")
    town = create_app(config.Test(instance=small_disk, mail_delivery="worker"))
    people: People = settle_in(town)
    reader, writer = Browser(town), Browser(town)
    reader.sign_in(people.zest)
    page = writer.get("auth.sign_in")
    filler = fill(small_disk)
    assert reader.client.get(ACCOUNT).status_code == 200
    refused = writer.post(
        "/connexion",
        {
            "identifier": people.moreau.identifier,
            "password": "Faux12345",
            "csrf_token": page.csrf_token,
        },
        503,
    )
    assert int(refused.response.headers["Retry-After"]) > 0
    assert reader.client.get("/sante/pret").status_code == 503
    filler.unlink()
    reader.get("family.account")
    Browser(town).sign_in(people.karim)
    engine_of(town).dispose()


@pytest.mark.soak
def test_the_disk_of_postgresql_is_full(tmp_path: Path) -> None:
    """A row may still find room in a page that is there; then who writes is told, who reads not."""
    # Not pytest's folder, which only its owner enters.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with (
            mounted(Path(folder, "disk"), POSTGRESQL_DISK) as disk,
            postgresql_factory(tmp_path, disk) as new,
            opened(config.Test(instance=tmp_path, database_url=new())) as town,
        ):
            disk.chmod(0o755)
            people = settle_in(town)
            reader = Browser(town)
            reader.sign_in(people.zest)
            filler = fill(disk)
            with pytest.raises(db.Unavailable):
                write_on(town)
            assert reader.client.get(ACCOUNT).status_code == 200
            filler.unlink()
            write_on(town, times=1)
            Browser(town).sign_in(people.karim)


def write_on(town: Flask, times: int = 1000) -> None:
    for _ in range(times):
        with town.app_context():
            signing_in.request_credentials("99999999", Origin())
