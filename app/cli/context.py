"""What every command runs in: the application, and a sentence where the database fails."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import cli
from sqlalchemy.exc import OperationalError, ProgrammingError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def with_appcontext(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Run a command in the application, as Flask's own does.

    An operator whose database is down, locked or not migrated reads that, not a traceback.
    """

    @cli.with_appcontext
    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"la base de données ne répond pas comme prévu ({reason}). "
                "Si elle est neuve ou d’une version d’avant : flask db upgrade."
            ) from error

    return run
