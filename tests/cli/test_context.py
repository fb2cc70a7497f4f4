"""What operators read when a command finds no usable database."""

from pathlib import Path

import pytest
from flask import Flask

import app.cli

COMMANDS = Path(app.cli.__file__).parent


@pytest.mark.parametrize(
    "words",
    [
        "mail list",
        "mail deliver",
        "mail retry --all",
        "credentials send --all-new",
        "demandes list",
    ],
)
def test_a_database_that_is_not_migrated_is_told(app_without_database: Flask, words: str) -> None:
    """An operator forgot `flask db upgrade`: one French sentence says so, no traceback."""
    result = app_without_database.test_cli_runner().invoke(args=words.split())
    assert result.exit_code == 1
    assert "la base de données ne répond pas comme prévu (no such table" in result.stderr
    assert "flask db upgrade" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("direction", ["upgrade", "downgrade"])
def test_a_revision_that_does_not_exist_is_told(app: Flask, direction: str) -> None:
    """A slip of the fingers changes nothing."""
    result = app.test_cli_runner().invoke(args=["db", direction, "9999"])
    assert result.exit_code == 1
    assert "« 9999 » n’est pas une révision" in result.stderr


def test_every_command_runs_in_our_context() -> None:
    """With Flask's own, an operator would read a traceback."""
    files = {path.name: path.read_text("utf-8") for path in COMMANDS.glob("*.py")}
    assert [name for name, text in files.items() if "from flask.cli import with_app" in text] == []
