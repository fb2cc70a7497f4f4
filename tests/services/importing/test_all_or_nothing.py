"""An import that fails, or is killed, leaves the database as it was."""

import signal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event

import config
from app import db
from app.services.importing.tables import ALL
from tests.services.importing.town import FILES, Town, everything, faults_of, hand_over, settle
from tests.support import killed

pytestmark = pytest.mark.both_databases

# One statement in so many fails, each in turn: all of them would take minutes.
STRIDE = 12
WRITTEN_FOR_ALL = "written for all"
FILES_BY_NAME = {file.name: file for file in ALL}


class Failing:
    """Fails at the n-th statement from now on."""

    def __init__(self, app: Flask) -> None:
        """Watch the application's database."""
        self.seen = 0
        self.fatal = -1
        with app.app_context():
            event.listen(db.engine(), "before_cursor_execute", self)

    def __call__(self, *_details: Any) -> None:
        """Count a statement."""
        self.seen += 1
        if self.seen == self.fatal:
            raise OSError("disk full")


def changed_town(tmp_path: Path) -> Path:
    """Write a set that creates, changes and archives."""
    town = Town()
    town.row("famille.csv")["nomResp1"] = "AUTRE"
    town.row("facture.csv", 1)["montant"] = "21"
    town.add("reglement.csv", id="900", montant="5", facture_id="")
    del town.files["famille.csv"][1]
    return town.folder(tmp_path / "changed")


def test_a_failure_at_any_statement_leaves_nothing(app: Flask, tmp_path: Path, town: Town) -> None:
    """The disk is full, the database restarts: as if nobody had launched the import."""
    settle(app, tmp_path / "files")
    changed = changed_town(tmp_path)
    before = everything(app)
    failing = Failing(app)
    hand_over(app, changed, dry_run=True, archive_missing=True)
    statements = failing.seen
    assert everything(app) == before
    for fatal in range(1, statements, STRIDE):
        failing.seen, failing.fatal = 0, fatal
        with pytest.raises(OSError, match="disk full"):
            hand_over(app, changed, archive_missing=True)
        failing.fatal = -1
        assert everything(app) == before
    assert hand_over(app, changed, archive_missing=True).counts["familles"].archived == 1


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_fault_on_any_line_leaves_nothing(
    app: Flask, tmp_path: Path, data: st.DataObject
) -> None:
    """Whatever the file, the row and the column."""
    before = everything(app)
    town = Town()
    file = data.draw(st.sampled_from(sorted(set(FILES) - {"mandat.csv"})))
    row = data.draw(st.sampled_from(town.files[file]))
    blocking = {column.name for column in FILES_BY_NAME[file].columns if column.blocks}
    columns = blocking & set(row)
    row[data.draw(st.sampled_from(sorted(columns)))] = "\x1b" + "x" * 30_000
    assert faults_of(app, town.folder(tmp_path / "files"))
    assert everything(app) == before


@pytest.mark.parametrize(
    "moment",
    [
        "CREATE UNIQUE INDEX import_facture",
        "INSERT INTO invoice (",
        WRITTEN_FOR_ALL,
        killed.COMMIT,
    ],
)
def test_a_killed_import_leaves_nothing(
    app: Flask, settings: config.Settings, tmp_path: Path, moment: str
) -> None:
    """Power fails while the rows are read, loaded, written for all, or about to be committed."""
    if moment == WRITTEN_FOR_ALL:
        on_sqlite = settings.database_url.startswith("sqlite")
        moment = "INSERT INTO main.invoice" if on_sqlite else "INSERT INTO alloc"
    town = Town()
    files = town.folder(tmp_path / "files")
    before = everything(app)
    where = (settings.instance, settings.database_url, files)
    assert killed.status_of(killed.import_until, moment, *where) == -signal.SIGKILL
    assert everything(app) == before
    assert hand_over(app, files).counts["familles"].created == 2
