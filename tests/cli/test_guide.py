"""`flask guide build`: the guide that a town hands out."""

import io
import re
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader

import config
from app import create_app, db
from app.web import printing
from tests.conftest import skip_or_fail

COMMITTED = Path(__file__).parent.parent.parent / "docs" / "guide.pdf"


def words_of(pdf: bytes) -> str:
    """Read a document, blanks made alike."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_the_guide_in_the_documentation_is_the_one_of_the_demonstration_town(
    tmp_path: Path,
) -> None:
    """Made by the command; when the screens change, it has to be made again."""
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")
    app = create_app(
        config.Development(instance=tmp_path, mail_backend="memory", mail_delivery="inline")
    )
    output = tmp_path / "guide.pdf"
    made_in = words_of(COMMITTED.read_bytes())
    year = re.search(r"12 juillet (\d{4})", made_in)
    assert year is not None
    with time_machine.travel(f"{year[1]}-11-23T12:00:00+00:00", tick=False):
        assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 0
        result = app.test_cli_runner().invoke(args=["guide", "build", "--output", str(output)])
    app.extensions[db.EXTENSION].dispose()
    assert result.exit_code == 0, result.output
    assert "Le guide est écrit dans" in result.output
    assert words_of(output.read_bytes()) == made_in


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_machine_without_pango_is_told_what_to_install(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "available", lambda: False)
    result = app.test_cli_runner().invoke(args=["guide", "build"])
    assert result.exit_code == 1
    assert "installez Pango" in result.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_written(app: Flask, tmp_path: Path) -> None:
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")
    target = tmp_path / "missing" / "guide.pdf"
    result = app.test_cli_runner().invoke(args=["guide", "build", "--output", str(target)])
    assert result.exit_code == 1
    assert "ne peut pas être écrit" in result.output
