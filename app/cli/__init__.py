"""The commands behind `flask`: one file a group."""

from flask import Flask

from app.cli.credentials import credentials
from app.cli.database import database
from app.cli.demo import demo
from app.cli.documents import documents
from app.cli.guide import guide
from app.cli.imports import import_files
from app.cli.mail import mail
from app.cli.messages import messages
from app.cli.requests import demandes


def init_app(app: Flask) -> None:
    """Add every command group to `flask`."""
    app.cli.add_command(database)
    app.cli.add_command(import_files)
    app.cli.add_command(demo)
    app.cli.add_command(credentials)
    app.cli.add_command(mail)
    app.cli.add_command(guide)
    app.cli.add_command(demandes)
    app.cli.add_command(documents)
    app.cli.add_command(messages)
