"""Log lines: JSON, one a line, with a request id; production alone shows what is no trouble."""

import json
import logging
import re
import secrets
import sys
from datetime import UTC, datetime
from functools import cache, partial

from flask import Flask, g, request

REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,32}", re.ASCII)
# What every LogRecord has: the rest was given as `extra`.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One line of JSON a record; JSON itself escapes CR, LF and ESC."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the time in UTC, the level, the event and its details."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def init_app(app: Flask, env: str, proxies: int) -> None:
    """Send the portal's log lines to standard error and give each request an id.

    Every line is made everywhere, so that one which cannot be fails in tests before a town's
    portal; what is shown depends on who reads it.
    """
    app.before_request(partial(_name_request, believed=proxies > 0))
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


def _name_request(*, believed: bool) -> None:
    """Take the name that our proxy gave; without a proxy, visitors would write their own."""
    given = request.headers.get("X-Request-ID", "") if believed else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
