"""People who use the portal while something fails."""

import threading

from flask import Flask

from app import db
from app.services.accounts import signing_in
from app.services.actors import Origin
from tests.support.browser import Browser
from tests.support.waiting import wait_for

ACCOUNT = "/compte"
# Often enough to meet what happens; not so often that nothing else runs on a small machine.
PAUSE_SECONDS = 0.02


class Load:
    """Somebody who reads and somebody who writes, again and again."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        """Read as this visitor, who is signed in."""
        self.statuses: list[int] = []
        self.kept = 0
        self._app = app
        self._browser = browser
        self._over = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._read, self._write)]

    def __enter__(self) -> "Load":
        """Begin."""
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Let both finish."""
        self._over.set()
        for each in self._threads:
            each.join()

    def wait_for_more(self) -> None:
        """Let both succeed after this moment."""
        read, kept = self.statuses.count(200), self.kept
        wait_for(
            lambda: self.statuses.count(200) > read + 1 and self.kept > kept + 1,
            "nobody gets through again",
        )

    def _read(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self.statuses.append(self._browser.client.get(ACCOUNT).status_code)

    def _write(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            with self._app.app_context():
                try:
                    signing_in.request_credentials("99999999", Origin())
                except db.Unavailable:
                    continue
                self.kept += 1
