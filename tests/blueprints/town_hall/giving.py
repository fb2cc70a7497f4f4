"""Files that are given to the town hall’s screen, and what they change."""

import io
import shutil
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    Family,
)
from tests.services.importing.town import Town
from tests.support.browser import Browser, Page


def give(office: Browser, files: dict[str, bytes]) -> Page:
    """Send these files, and come to the page that says what they would change."""
    page = office.get("town_hall.imports")
    sent = [(io.BytesIO(content), name) for name, content in files.items()]
    data: Any = {"csrf_token": page.csrf_token, "files": sent}
    return office.visit(office.fetch(page.path, "POST", data).headers["Location"])


def archive(town: Town, tmp_path: Path) -> dict[str, bytes]:
    """Pack the files as the software does."""
    return {"export.zip": town.archive(tmp_path / "export.zip").read_bytes()}


def packed(folder: Path, tmp_path: Path) -> dict[str, bytes]:
    """Pack a folder of files."""
    path = shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    return {"export.zip": Path(path).read_bytes()}


def moved(town: Town) -> Town:
    """The Garnier family lives elsewhere."""
    town.row("famille.csv")["adrNumeroVoie"] = "3 place du Marché"
    return town


def street(app: Flask) -> str | None:
    """Read where the Garnier family lives."""
    with app.app_context():
        return db.session().scalar(select(Family.street).where(Family.number == "F1"))
