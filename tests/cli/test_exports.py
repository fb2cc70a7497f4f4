"""`flask export`: the town in a file that nobody else reads."""

import hashlib
import stat
from pathlib import Path

from flask import Flask

from app import db
from app.models import Folder
from app.services.files import stored_files
from tests.services.importing.town import PDF, settle


def test_the_town_is_written_for_its_owner_alone(app: Flask, tmp_path: Path) -> None:
    """Never over another file; what is missing is named."""
    settle(app, tmp_path / "files")
    file = tmp_path / "commune.zip"
    run = app.test_cli_runner().invoke
    told = run(args=["export", str(file)])
    assert told.exit_code == 0, told.output
    assert f"La commune est dans {file}" in told.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run(args=["export", str(file)])
    assert "existe déjà" in again.stderr
    with app.app_context():
        name = stored_files.name_by_content(hashlib.sha256(PDF).hexdigest(), ".pdf")
        stored_files.discard(Folder.INVOICES, [name])
        db.session().rollback()
    told = run(args=["export", str(tmp_path / "second.zip")])
    assert f"Le portail n’a plus ce fichier\u00a0: factures/{name}" in told.stderr
    assert run(args=["export", str(tmp_path / "third.zip"), "--without-files"]).stderr == ""
