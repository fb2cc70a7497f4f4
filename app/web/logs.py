"""Log lines: JSON, one a line, with a request id; production alone shows what is no trouble."""

import logging
import socket
import sys
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from flask import Flask, current_app, has_app_context
from pythonjsonlogger.json import JsonFormatter as LibraryFormatter

from app.settings import EXTENSION
from app.web.request_ids import name_request, reference, request_id

# What each line begins with, and how it is called there.
FIELDS = {"asctime": "at", "levelname": "level", "name": "logger", "message": "event"}


class JsonFormatter(LibraryFormatter):
    """One line of JSON a record; JSON itself escapes CR, LF and ESC."""

    def __init__(self) -> None:
        """Name the fields as our lines do, and the machine that writes them."""
        super().__init__(
            tuple(FIELDS),
            rename_fields=FIELDS | {"exc_info": "exception"},
            static_fields={"host": socket.gethostname()},
        )

    def formatTime(  # noqa: N802 (a name of logging's)
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        """Write the instant in UTC, to the millisecond."""
        at = datetime.fromtimestamp(record.created, UTC)
        return at.strftime(datefmt) if datefmt else at.isoformat(timespec="milliseconds")

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Add of which town and of which request it tells; what the record says itself stays."""
        super().add_fields(log_data, record, message_dict)
        for name, value in _context().items():
            log_data.setdefault(name, value)


def init_app(app: Flask, env: str, proxies: int) -> None:
    """Send the portal's log lines to standard error and give each request an id.

    Every line is made everywhere, so that one which cannot be fails in tests before a town's
    portal; what is shown depends on who reads it.
    """
    app.before_request(partial(name_request, believed=proxies > 0))
    logger = logging.getLogger("portail")
    logger.setLevel(logging.INFO)
    _console().setLevel(logging.INFO if env == "production" else logging.WARNING)
    logger.addHandler(_console())


@cache
def _console() -> logging.Handler:
    """Open one for the process, however many applications it makes."""
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(JsonFormatter())
    return console


def _context() -> dict[str, str]:
    if not has_app_context():
        return {}
    settings = current_app.extensions.get(EXTENSION)
    # The lobby of many towns has none.
    town = {"town": settings.public_host} if settings else {}
    name = request_id()
    return town | {"request": name, "reference": reference()} if name else town
