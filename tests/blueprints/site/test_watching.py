"""What whoever watches over the server asks: is it alive, is it ready, what is wrong."""

import shutil
from typing import NamedTuple

import pytest
from flask import Flask

from app.db import schema
from app.services import health
from app.services.files.store import MARKER
from app.settings import settings


class Usage(NamedTuple):
    """How full a disk is, as shutil says it."""

    free: int


def ready(app: Flask) -> tuple[int, dict[str, str]]:
    """Ask whether visitors may come; return what is not well."""
    answer = app.test_client().get("/sante/pret")
    assert answer.json is not None
    return answer.status_code, {key: said for key, said in answer.json.items() if said != "ok"}


def test_a_portal_that_has_all_it_needs_is_ready(app: Flask) -> None:
    """Database, schema, files, disk, mails."""
    assert ready(app) == (200, {})


def test_a_process_without_its_database_is_alive_and_not_ready(
    app_without_database: Flask,
) -> None:
    """Its file is empty: starting it again would not fill it."""
    assert app_without_database.test_client().get("/sante/vivant").json == {"status": "ok"}
    status, wrong = ready(app_without_database)
    assert status == 503
    assert wrong["status"] == wrong["schema"] == wrong["mail"] == "panne"


def test_a_schema_of_before_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is new, and `flask db upgrade` was forgotten."""
    monkeypatch.setattr(schema, "newest", lambda: "9999")
    assert ready(app) == (503, {"status": "panne", "schema": "panne"})


def test_a_store_that_is_away_is_told(app: Flask) -> None:
    """Its disk is not mounted: the folder is there, and empty."""
    with app.app_context():
        (settings.instance / MARKER).unlink()
    assert ready(app) == (503, {"status": "panne", "files": "panne"})


def test_a_full_disk_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything fails for want of room."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(health.LEAST_FREE_BYTES - 1))
    assert ready(app) == (503, {"status": "panne", "disk": "panne"})
