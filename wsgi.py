"""The application object that gunicorn and `flask` serve."""

import gc

# What is made from here on stays: to look through it for what nobody needs was a seventh of it all.
gc.disable()

import importlib
import inspect
import logging
import sys
import typing
from types import ModuleType
from typing import Any, NoReturn


class _ReadWhenAsked(ModuleType):
    """Stands for a module that is named, and that nobody here asks anything of."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


if "asyncio" not in sys.modules:
    # SQLAlchemy names it for drivers that no town has: 30 modules, 1.5 MB, for one function.
    named = sys.modules["asyncio"] = _ReadWhenAsked("asyncio")
    vars(named)["iscoroutine"] = inspect.iscoroutine
    importlib.import_module("sqlalchemy.dialects.sqlite")
    # Whoever imports it from here on has it.
    if sys.modules.get("asyncio") is named:
        del sys.modules["asyncio"]

import click
from sqlalchemy.exc import DBAPIError

import config
from app import background, create_portal, db
from app.db import schema
from app.mailer.failures import MailSettingsError
from app.settings import settings

# gunicorn stops at this status; at any other it would start its workers again for ever.
CANNOT_START = 3


def _stop(reason: str) -> NoReturn:
    gc.enable()
    sys.stderr.write(f"Le portail ne démarre pas\u00a0: {reason}.\n")
    sys.exit(CANNOT_START)


def _refuse_an_old_schema() -> None:
    """Leave the port closed rather than answer every page by an error."""
    with app.app_context():
        try:
            found = schema.revision(db.session().connection())
        except DBAPIError as error:
            # Down now, it may be up in a minute; until then pages say so.
            logging.getLogger("portail.start").warning("database unavailable: %s", error.orig)
            return
        finally:
            db.let_go()
            # Workers that are forked open their own connections.
            db.engine().dispose()
        # On one's own machine, an empty one waits for the first command.
        if found < schema.newest() and (found or settings.env == "production"):
            _stop(
                "la base de données est vide ou d’une version d’avant. Lancez "
                "«\u00a0flask --app wsgi db upgrade\u00a0», puis démarrez de nouveau"
            )


try:
    app = create_portal()
except (config.ConfigurationError, MailSettingsError) as error:
    _stop(str(error))
except OSError as error:
    _stop(f"{error.filename} est inutilisable ({error.strerror})")

# A command may be the one that mends it; of many towns, one that cannot serve stops nobody.
if click.get_current_context(silent=True) is None and db.EXTENSION in app.extensions:
    _refuse_an_old_schema()
background.begin(app)
# Nobody asks what else a function might take.
typing.clear_overloads()
# Nor is it looked through when pages leave something behind.
gc.freeze()
gc.enable()
