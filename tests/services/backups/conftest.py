"""A town that is backed up, and an empty place for it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.settings import EXTENSION
from tests.services.backups.safe import EmptyPlace


@pytest.fixture
def empty_place(app: Flask, tmp_path: Path) -> Iterator[EmptyPlace]:
    """An instance folder that is not there yet, with an empty database beside on PostgreSQL."""
    folder = tmp_path / "restored"
    url: str = app.extensions[EXTENSION].database_url
    if url.startswith("sqlite"):
        yield EmptyPlace(folder, f"sqlite:///{folder / 'portail.db'}", (str(folder),))
        return
    name = f"restored_{uuid.uuid4().hex}"
    server = url.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        lent = f"{server}/{name}"
        yield EmptyPlace(folder, lent, (str(folder), lent))
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"
