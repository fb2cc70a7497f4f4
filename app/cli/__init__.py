"""The commands behind `flask`: one file a group, each read when it is called."""

import gettext
import os
from importlib import import_module
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

COMMANDS = {
    "adresse": "address:correct",
    "attente": "waiting:attente",
    "backup": "backups:backup",
    "calendrier": "calendar:calendrier",
    "credentials": "credentials:credentials",
    "db": "database:database",
    "demandes": "requests:demandes",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "documents": "documents:documents",
    "enfants": "children:enfants",
    "export": "exports:export",
    "familles": "families:familles",
    "files": "files:files",
    "garde": "custody:garde",
    "guide": "printed_guide:guide",
    "import": "imports:import_files",
    "imports": "imports:imports",
    "instance": "instances:instance",
    "jobs": "jobs:jobs",
    "journal": "journal:journal",
    "mail": "mail:mail",
    "messages": "messages:messages",
    "pointage": "check_in:pointage",
    "purge": "purge:purge",
    "reporting": "reporting:reporting",
    "reservations": "bookings:reservations",
    "restore": "backups:restore",
    "services": "services:services",
    "staff": "staff:staff",
    "static": "static_files:static",
    "version": "version:version",
}
# What Click says itself; `messages` is gettext's name for whoever did not choose one.
TRANSLATIONS = Path(__file__).with_name("translations")
DOMAIN = "messages"


class LazyGroup(AppGroup):
    """The portal's commands; the web process, which has no use for them, does not load them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them, in order."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one, and have Click speak French about it."""
        _speak_french()
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"app.cli.{module}"), name)
        return command


def init_app(app: Flask) -> None:
    """Add every command group to `flask`."""
    app.cli = LazyGroup(app.name)


def _speak_french() -> None:
    gettext.bindtextdomain(DOMAIN, TRANSLATIONS)
    os.environ["LANGUAGE"] = "fr"
