"""What every command runs in: the application, who launched it, a sentence where it fails."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import cli
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from app import db
from app.services.actors import Command
from app.services.files.store import StoreAway
from app.services.refusals import Refusal

LONGEST_NAME = 100

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def with_appcontext(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Run a command in the application, as Flask's own does.

    An operator whose database is down, locked or not migrated reads that, not a traceback.
    """

    @cli.with_appcontext
    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        db.take_time()
        try:
            return command(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(unexpected(error)) from error
        except StoreAway as error:
            raise click.ClickException(store_away(error)) from error

    return run


def unexpected(error: DBAPIError) -> str:
    """Say what the database answered, and what to do about it."""
    reason = str(error.orig).strip().partition("\n")[0]
    advice = "Si elle est neuve ou d’une version d’avant : flask db upgrade."
    if "prepared statement" in reason:
        advice = "Derrière PgBouncer : PORTAIL_DATABASE_POOL=none."
    return f"la base de données ne répond pas comme prévu ({reason}). {advice}"


def store_away(error: StoreAway) -> str:
    """Say what the store of the files answered, and what to do about it."""
    return (
        f"les fichiers ne peuvent être ni lus ni écrits ({error}). "
        "Vérifiez le disque ou le stockage (PORTAIL_FILES_URL), puis recommencez."
    )


@contextmanager
def refusals(said: str = "{}") -> Iterator[None]:
    """Say why something is not done, around `said`, and leave with a status that says so."""
    try:
        yield
    except Refusal as refusal:
        click.echo(said.format(refusal), err=True)
        sys.exit(1)


def whoever_launched() -> Command:
    """Name who acts, as the system knows them: who became somebody else by sudo, themselves."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        # A container may run under a number that is nobody's.
        name = str(os.getuid())
    return Command(name[:LONGEST_NAME])


def town_hall(acted_by: str) -> str:
    """Write who of the town hall did something, for the town hall itself."""
    return f"la mairie ({acted_by})" if acted_by else "la mairie"
