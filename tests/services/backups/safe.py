"""Backing up and restoring as an operator does, by the commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

import config
from app import create_app


@dataclass(frozen=True)
class EmptyPlace:
    """Where a backup is restored to."""

    folder: Path
    url: str
    into: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        """Name it on a command line."""
        return [word for each in self.into for word in ("--into", each)]


def run(app: Flask, *words: str, refused: bool = False) -> str:
    """Type a command, and return what it says."""
    result = app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
    assert (result.exit_code != 0) == refused, result.output
    return result.output


def back_up(app: Flask, folder: Path, *options: str) -> Path:
    """Make a backup, and return its file."""
    before = set(folder.glob("*.tar.gz*"))
    assert "Sauvegarde faite" in run(app, "backup", *options, str(folder))
    [made] = set(folder.glob("*.tar.gz*")) - before
    return made


@contextmanager
def restored(app: Flask, file: Path, place: EmptyPlace, *options: str) -> Iterator[Flask]:
    """Restore a backup, and run a portal there with the same key as before."""
    assert "Restauré" in run(app, "restore", str(file), *place.options, *options)
    portal = create_app(config.Test(instance=place.folder, database_url=place.url))
    yield portal
    portal.extensions["portail.engine"].dispose()
