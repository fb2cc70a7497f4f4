"""An import that would close many accesses asks for their number."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Account
from tests.services.importing.town import Town, everything

pytestmark = pytest.mark.both_databases

GUARDIANS = 100


@pytest.fixture
def large(app: Flask, tmp_path: Path) -> Town:
    """Fifty families of two guardians are imported."""
    town = Town()
    town.files = {
        "famille.csv": [
            {"id": str(number), "nomResp1": "A", "prenomResp1": f"Une{number}",
             "nomResp2": "B", "prenomResp2": f"Deux{number}"}
            for number in range(GUARDIANS // 2)
        ]
    }  # fmt: skip
    assert launch(app, town.folder(tmp_path / "first")).exit_code == 0
    return town


def launch(app: Flask, folder: Path, *options: str) -> Any:
    """Run `flask import`."""
    return app.test_cli_runner().invoke(args=["import", str(folder), *options])


def closed(app: Flask) -> int:
    """Count the accounts that are closed."""
    with app.app_context():
        counted = select(func.count(Account.id)).where(Account.archived_at.is_not(None))
        return db.session().scalar(counted) or 0


def test_ten_close_without_a_word(app: Flask, large: Town, tmp_path: Path) -> None:
    """Five families moved away: the usual month of a town."""
    del large.files["famille.csv"][:5]
    assert launch(app, large.folder(tmp_path / "next"), "--archive-missing").exit_code == 0
    assert closed(app) == 10


def test_more_ask_for_their_number(app: Flask, large: Town, tmp_path: Path) -> None:
    """A file of two families would close the town: the command to type says how many."""
    del large.files["famille.csv"][2:]
    files = large.folder(tmp_path / "next")
    before = everything(app)
    result = launch(app, files, "--archive-missing")
    assert result.exit_code == 1
    assert result.stderr == (
        "Cet import ferme 96\u00a0accès sur 100 ouverts. Lisez lesquels avec --dry-run. "
        "Si c’est bien ce que vous voulez, tapez\u00a0:\n"
        f"  flask import {files} --archive-missing 96\n"
        "Rien n’a été importé.\n"
    )
    assert "et non 148" in launch(app, files, "--archive-missing", "148").stderr
    dry = launch(app, files, "--archive-missing", "--dry-run")
    assert dry.exit_code == 0
    assert f"flask import {files} --archive-missing 96" in dry.stdout
    assert "famille 2\u00a0: Une2 A" in dry.stdout
    assert everything(app) == before
    assert launch(app, files, "--archive-missing", "96").exit_code == 0
    assert closed(app) == 96


def test_an_export_that_lost_its_second_guardians_is_not_believed(
    app: Flask, large: Town, tmp_path: Path
) -> None:
    """They would all lose their access, without any option: it asks as well."""
    for row in large.files["famille.csv"]:
        row.update(nomResp2="", prenomResp2="")
    files = large.folder(tmp_path / "next")
    assert f"flask import {files} --closing 50" in launch(app, files).stderr
    assert closed(app) == 0
    assert launch(app, files, "--closing", "50").exit_code == 0
    assert closed(app) == 50


def test_a_number_that_was_said_has_to_be_right(app: Flask, large: Town, tmp_path: Path) -> None:
    """However few they are: somebody expected something else."""
    del large.files["famille.csv"][0]
    files = large.folder(tmp_path / "next")
    assert "ferme 2\u00a0accès sur 100 ouverts, et non 3" in (
        launch(app, files, "--archive-missing", "3").stderr
    )
    assert launch(app, files, "--archive-missing", "2").exit_code == 0
