"""An import keeps nobody from writing while it reads the files."""

from pathlib import Path

import pytest
from flask import Flask

from app import db
from app.services.accounts import throttles
from app.services.importing import running
from tests.services.importing.town import Town


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_others_write_while_the_files_are_read(app: Flask, tmp_path: Path, town: Town) -> None:
    """Parents sign in meanwhile; they wait while what was read becomes what they see."""
    written: list[bool] = []

    def write(_done: int, _total: int) -> None:
        with app.app_context():
            try:
                with db.transaction(patience_ms=0) as session:
                    throttles.count_in_window(session, "somebody", 1)
            except db.Unavailable:
                written.append(False)
            else:
                written.append(True)

    with app.app_context():
        running.run(town.folder(tmp_path / "files"), progress=write)
    assert written == sorted(written, reverse=True)
    assert written.count(True) >= 5
    assert written.count(False) >= 5
