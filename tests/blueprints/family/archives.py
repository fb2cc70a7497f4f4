"""The archive of « Mes données », as a parent opens it."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from flask import Flask

from app.blueprints.family.account import own_data
from tests.support.browser import Browser
from tests.support.people import Person


@dataclass(frozen=True)
class Archive:
    """What a parent downloaded."""

    raw: bytes

    @property
    def names(self) -> list[str]:
        return ZipFile(io.BytesIO(self.raw)).namelist()

    def read(self, name: str) -> bytes:
        return ZipFile(io.BytesIO(self.raw)).read(name)

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read("donnees.json"))
        return found

    @property
    def everything(self) -> str:
        return " ".join(self.read(name).decode("utf-8", "replace") for name in self.names)


def download(app: Flask, person: Person) -> Archive:
    """Sign in, press the button."""
    browser = Browser(app)
    browser.sign_in(person)
    page = browser.get("family.account")
    answer = browser.fetch(
        browser.address("family.own_data_archive"), "POST", {"csrf_token": page.csrf_token}
    )
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert own_data.FILE_NAME in answer.headers["Content-Disposition"]
    assert len(answer.data) == int(answer.headers["Content-Length"])
    return Archive(answer.data)


def store(app: Flask, folder: str, name: str, content: bytes) -> None:
    """Put a file in the instance."""
    path = Path(app.instance_path) / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
