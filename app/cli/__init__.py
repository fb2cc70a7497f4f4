"""The commands behind `flask`: one file a group."""

from flask import Flask

from app.cli.database import database


def init_app(app: Flask) -> None:
    """Add every command group to `flask`."""
    app.cli.add_command(database)
