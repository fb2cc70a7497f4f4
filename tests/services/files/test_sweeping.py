"""A stored file lives as long as a row names it, whatever the column, and no longer."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Column, select, update

from app import db
from app.models import Folder, ImportRun, ImportState, ImportUpload, StoredName
from app.services.files import stored_files, sweeping, uploads
from app.settings import settings
from tests.support.belongings import furnish
from tests.support.people import People

TABLES = db.Base.metadata.tables
WEEK = 7 * 24 * 3600
NAMING = pytest.mark.parametrize(
    ("folder", "column"), sweeping.NAMING, ids=lambda each: str(each).replace(".", " ")
)


@pytest.fixture(autouse=True)
def belongings(app: Flask, people: People) -> Iterator[None]:
    """A family has files in every folder, but that of the town hall's own."""
    furnish(app, people.claire, "Pervenche", 2024)
    with app.app_context():
        hand_over()
        yield


def hand_over() -> None:
    """The town hall has given what its software exports."""
    files = [uploads.CheckedFile("Export", suffix, b"") for suffix in (".zip", ".csv")]
    now = datetime.now(UTC)
    given, changes = stored_files.keep(Folder.IMPORTS, files)
    with db.transaction() as session:
        run = ImportRun(
            source="export.zip", acted_by="Nadia", received_at=now, state=ImportState.PLANNED
        )
        session.add(run)
        session.flush()
        session.add(ImportUpload(run_id=run.id, received_at=now, file=given, changes=changes))


def leave(folder: Folder, name: str) -> Path:
    """Leave a file in the instance a week ago."""
    path = settings.instance / folder.folder / name
    path.write_bytes(b"%PDF-1.7\n%%EOF")
    week_ago = time.time() - WEEK
    os.utime(path, (week_ago, week_ago))
    return path


def name_in(column: Column[str], name: str) -> None:
    """Name a file in one column and nowhere else."""
    with db.transaction() as session:
        named = session.execute(update(column.table).values({column.name: name}))
        assert getattr(named, "rowcount", 0), (
            f"tests/support/belongings.py has no row of {column.table}"
        )


@NAMING
def test_a_file_that_one_column_names_stays(folder: Folder, column: Column[str]) -> None:
    """And its neighbour, which nobody names, goes."""
    named, nobody_s = leave(folder, "named.pdf"), leave(folder, "nobody-s.pdf")
    name_in(column, named.name)
    assert sweeping.sweep() == 1
    assert named.exists()
    assert not nobody_s.exists()


def test_two_columns_may_name_files_of_one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither loses its own to the other."""
    other = TABLES["message"].c.sender
    monkeypatch.setattr(sweeping, "NAMING", (*sweeping.NAMING, (Folder.MESSAGES, other)))
    files = [leave(Folder.MESSAGES, f"{number}.pdf") for number in range(3)]
    name_in(TABLES["message_attachment"].c.file, "0.pdf")
    name_in(other, "1.pdf")
    sweeping.sweep()
    assert [path.exists() for path in files] == [True, True, False]


def test_whatever_names_a_stored_file_says_so_by_its_type() -> None:
    """A name in a plain column is not asked for: its file would go after a day."""
    files = {path.name for path in settings.instance.glob("*/*")}
    assert files
    plain = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if not isinstance(column.type, StoredName)
        for value in db.session().scalars(select(column))
        if any(name in str(value) for name in files)
    ]
    assert plain == []


def test_every_folder_of_files_is_swept() -> None:
    """A family has files in no folder that nothing cleans."""
    folders = {path.parent.name for path in settings.instance.glob("*/*")}
    assert folders == {folder.folder for folder, _ in sweeping.NAMING}
