"""« Voir comme »: the family's own pages, for a clerk who may look at them and do nothing there."""

from flask import Flask, flash, redirect, url_for
from werkzeug.wrappers import Response

from app.services.accounts import viewing
from app.services.actors import CurrentAccount
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.tokens import view_tokens
from app.web.access import ReadOnly
from app.web.clerk_access import found_clerk
from app.web.cookies import Cookie
from app.web.errors import show_not_allowed

COOKIE = Cookie("vue", view_tokens.LASTS)
OVER = "Vous ne voyez plus le portail comme une famille\u00a0: les 15\u00a0minutes sont passées."


def init_app(app: Flask) -> None:
    """Say why nothing is done where somebody only looks."""
    app.register_error_handler(ReadOnly, show_not_allowed)


def viewed() -> CurrentAccount | None:
    """Return whose pages a clerk looks at, in a browser where they are signed in."""
    token = COOKIE.read()
    clerk = found_clerk() if token else None
    if clerk is None or not rights.may(clerk, Right.VIEW_AS):
        return None
    return viewing.find(token, clerk)


def say_it_is_over() -> Response | None:
    """Lead a clerk whose time has passed back to the town hall; None for anybody else."""
    if not COOKIE.read() or found_clerk() is None:
        return None
    flash(OVER, "info")
    answer = redirect(url_for("town_hall.day"))
    COOKIE.take_away(answer)
    return answer
