"""The cookie that marks a device which proved whose it is: others' failures never make it wait."""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from app.settings import settings

NAME = "appareil"
AGE = timedelta(days=365)


def read() -> str:
    """Return the mark of this device, empty for none."""
    return request.cookies.get(_name(), "")


def leave(response: Response, mark: str) -> None:
    """Mark the device that gets this answer."""
    response.set_cookie(
        _name(), mark, max_age=AGE, secure=settings.secure, httponly=True, samesite="Lax"
    )


def _name() -> str:
    return f"__Host-{NAME}" if settings.secure else NAME
