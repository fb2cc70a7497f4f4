"""The settings of the running application, for code that must not know where they come from."""

import logging
from collections.abc import Callable, Hashable
from time import monotonic
from typing import TYPE_CHECKING, cast

from flask import Flask
from werkzeug.local import LocalProxy

from app import here, whole_files
from configuring import town_file

if TYPE_CHECKING:
    from config import Settings

logger = logging.getLogger("portail.settings")

EXTENSION = "portail.settings"
FOLLOWING = "portail.followed_settings"
# A page must not ask the disk each time.
LOOK_SECONDS = 1.0


def in_force() -> "Settings":
    """Return them themselves, for what each page asks."""
    found: Settings = here.application().extensions[EXTENSION]
    return found


settings = cast("Settings", LocalProxy(in_force))


class Following:
    """Holds what is in force: the server's settings, and the town's own file once it changes."""

    def __init__(self, app: Flask, given: "Settings") -> None:
        """Begin with what the server says."""
        self.given = given
        self.fixed = town_file.fixed(given)
        self.faults: tuple[str, ...] = ()
        # What keeps words of the settings is told when they change.
        self.when_changed: list[Callable[[Flask], None]] = []
        self._app = app
        self._version: whole_files.Version | None = None
        self._next_look = 0.0
        app.extensions[EXTENSION] = given

    @property
    def now(self) -> "Settings":
        """Return what is in force."""
        found: Settings = self._app.extensions[EXTENSION]
        return found

    def look(self) -> None:
        """See whether the file changed, unless somebody just looked."""
        if monotonic() >= self._next_look:
            self.look_now()

    def look_now(self) -> None:
        """See whether it changed."""
        self._next_look = monotonic() + LOOK_SECONDS
        found = whole_files.version(self.given.instance / town_file.FILE)
        if found == self._version:
            return
        self._version = found
        self._app.extensions[EXTENSION], self.faults = town_file.in_force(self.given, self.now)
        for fault in self.faults:
            logger.error("%s", fault)
        for tell in self.when_changed:
            tell(self._app)


def init_app(app: Flask, given: "Settings") -> Following:
    """Give the application its settings."""
    following = app.extensions[FOLLOWING] = Following(app, given)
    return following


def followed() -> Following:
    """Return what the current application goes by: which settings are fixed, what is wrong."""
    found: Following = here.application().extensions[FOLLOWING]
    return found


def in_this_town(row: Hashable) -> tuple[str, Hashable]:
    """Tell a row of this town from the row of another in the same process."""
    return settings.public_host, row
