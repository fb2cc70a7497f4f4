"""The cookie of a computer where a clerk is not asked for a code for a month."""

from collections.abc import Iterable

from flask import request
from werkzeug.wrappers import Response

from app.services.clerks import computers, rights
from app.settings import settings

NAME = "ordinateur"


def read() -> str:
    """Return the mark of this computer, empty for none."""
    return request.cookies.get(_name(), "")


def may_be_left(roles: Iterable[str]) -> bool:
    """Tell whether somebody with these roles may be known by a computer."""
    return not rights.administers(roles)


def leave(answer: Response, mark: str | None) -> None:
    """Mark the computer that gets this answer, if it is to be known."""
    if mark:
        answer.set_cookie(
            _name(),
            mark,
            max_age=computers.LASTING,
            secure=settings.secure,
            httponly=True,
            samesite="Lax",
        )


def _name() -> str:
    return f"__Host-{NAME}" if settings.secure else NAME
