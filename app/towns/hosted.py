"""A town among others: its application is made when it is needed, and it may fail alone."""

import logging
import time
from collections.abc import Callable
from threading import Lock

from flask import Flask

from app import db
from app.towns import statements

# A town whose settings are mended opens without anybody else noticing.
TRY_AGAIN_SECONDS = 30.0
logger = logging.getLogger("portail.towns")


class TownBroken(Exception):  # noqa: N818 (as a store that is away)
    """The town cannot be served as it is set; the message says why, for whoever hosts it."""


class Town:
    """One of the towns of this process."""

    def __init__(self, name: str, host: str, make: Callable[[], Flask]) -> None:
        """Serve this host by the application that `make` makes; it raises what stands in the way.

        The name is that of its folder.
        """
        self.name = name
        self.host = host
        self._make = make
        self._making = Lock()
        self._app: Flask | None = None
        self._broken = ""
        self._closed_until = 0.0

    @property
    def made(self) -> Flask | None:
        """Its application, when somebody has needed it."""
        return self._app

    def app(self) -> Flask:
        """Return its application. Raises TownBroken, at once while it was just tried."""
        found = self._app
        return found or self._make_once()

    def forget(self) -> None:
        """Let go of its application, which the next visit makes anew."""
        with self._making:
            app, self._app = self._app, None
        if app is not None:
            app.extensions[db.EXTENSION].dispose()

    def _make_once(self) -> Flask:
        # The visitors of one town wait for each other, never for those of another.
        with self._making:
            if self._app is None:
                if time.monotonic() < self._closed_until:
                    raise TownBroken(self._broken)
                self._app = self._try()
            return self._app

    def _try(self) -> Flask:
        try:
            app = self._make()
        # Its settings, its mail backend, its disk: whatever it is, the others go on.
        except Exception as error:
            reason = f"{error}" or type(error).__name__
            if reason != self._broken:
                # Once, however often its visitors come.
                told = {"broken_town": self.name, "reason": reason}
                logger.error("town.broken", extra=told)  # noqa: TRY400
            self._broken = reason
            self._closed_until = time.monotonic() + TRY_AGAIN_SECONDS
            raise TownBroken(self._broken) from error
        statements.share(app.extensions[db.EXTENSION])
        return app
