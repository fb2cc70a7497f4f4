"""Faults told to Sentry, where PORTAIL_SENTRY_DSN asks for it, without anything of anybody.

None of the library's integrations is used: they collect requests, people, queries and variables,
and would have to be told each thing not to send. An event is made here of what is ours alone: the
kind of the fault, the lines of code it went through, the page, the reference. What an exception
says is left out, as it may quote what was typed.
"""

import atexit
import logging
from time import monotonic
from typing import Any

from flask import Flask, current_app, has_app_context, has_request_context, request

from app.settings import EXTENSION as SETTINGS
from app.version import VERSION
from app.web.request_ids import reference

EXTENSION = "portail.sentry"
FAREWELL_SECONDS = 2
# A database that is away fails every page: the same fault is told that seldom by a process.
SILENCE_SECONDS = 60
OPTIONS: dict[str, Any] = {
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "include_local_variables": False,
    "max_breadcrumbs": 0,
    "auto_session_tracking": False,
    "send_client_reports": False,
    "enable_metrics": False,
    "shutdown_timeout": FAREWELL_SECONDS,
    "release": VERSION,
}
# What a line of log may add: numbers and kinds of ours, and where a fault was.
TOLD = ("job", "kind", "type", "where")


def init_app(app: Flask, dsn: str, env: str) -> None:
    """Tell this application's faults; without an address nothing is loaded."""
    if not dsn:
        return
    import sentry_sdk

    client = sentry_sdk.Client(dsn, environment=env, **OPTIONS)
    app.extensions[EXTENSION] = client
    # A command ends as soon as it has failed.
    atexit.register(client.close)
    logger = logging.getLogger("portail")
    if not any(isinstance(each, _Handler) for each in logger.handlers):
        logger.addHandler(_Handler())


class _Handler(logging.Handler):
    """Hears the errors of pages, mails and jobs alike, where they are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._told_at: dict[tuple[str, ...], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the Sentry of the application that failed, if it has one."""
        client = current_app.extensions.get(EXTENSION) if has_app_context() else None
        if client is None:
            return
        try:
            if self._is_news(record):
                client.capture_event(_event(record, client.options))
        except Exception:  # a fault that cannot be told must not become another
            self.handleError(record)

    def _is_news(self, record: logging.LogRecord) -> bool:
        which = (_town(), record.getMessage(), _kind(record), _page())
        before, now = self._told_at.get(which), monotonic()
        if before is not None and now - before < SILENCE_SECONDS:
            return False
        self._told_at[which] = now
        return True


def _event(record: logging.LogRecord, options: dict[str, Any]) -> Any:
    event: dict[str, Any] = {
        "level": "error",
        "logger": record.name,
        "message": record.getMessage(),
        "tags": {"town": _town(), "page": _page(), "reference": reference()},
        "extra": {name: value for name, value in vars(record).items() if name in TOLD},
    }
    if record.exc_info:
        event["exception"] = _exception(record, options)
    return event


def _exception(record: logging.LogRecord, options: dict[str, Any]) -> dict[str, Any]:
    from sentry_sdk.utils import event_from_exception

    made, _hint = event_from_exception(record.exc_info, options)  # type: ignore[arg-type]
    values = made["exception"]["values"]
    for each in values:
        # « invalid literal for int(): '38 rue…' »
        each["value"] = ""
    return {"values": values}


def _kind(record: logging.LogRecord) -> str:
    fault = record.exc_info[0] if record.exc_info else None
    return fault.__name__ if fault else str(vars(record).get("type", ""))


def _town() -> str:
    town: str = current_app.extensions[SETTINGS].public_host
    return town


def _page() -> str:
    return (request.endpoint or "") if has_request_context() else ""
