"""Who of the town hall may open which screen: each says the right it asks, or stays closed.

A session of its own, in a cookie of its own: a clerk is often a parent too.
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from flask import Flask, flash, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from app import formats, here
from app.memo import kept
from app.services.accounts.drafts import Owner
from app.services.actors import CurrentClerk
from app.services.clerks import rights, sessions, team
from app.services.clerks.rights import Right
from app.settings import in_force
from app.web import drafts
from app.web.access import SESSION_OVER, admitted_clerk, keep_what_was_sent, opens_page, origin
from app.web.cookies import Cookie
from app.web.errors import show_not_allowed

COOKIE = Cookie("mairie")
# Of the cookie of the site, which forms use: what is between a password and a code.
TICKET = "clerk_ticket"
NEEDED = "needed"

View = TypeVar("View", bound=Callable[..., Any])


class NotAllowed(Forbidden):
    """A role that does not allow something; the description says what, and whom to ask."""


def init_app(app: Flask) -> None:
    """Say what a role does not allow, and let templates know who is there."""
    app.register_error_handler(NotAllowed, show_not_allowed)
    app.jinja_env.globals.update(
        found_clerk=found_clerk, may_open=may_open, may_roles_open=may_roles_open
    )


def needs(right: Right, *, proof: bool = False) -> Callable[[View], View]:
    """Say what a screen asks; with `proof`, the password given a moment ago too."""

    def mark(view: View) -> View:
        setattr(view, NEEDED, (right, proof))
        return view

    return mark


def need_of(endpoint: str) -> tuple[Right, bool] | None:
    """Return what a screen asks; None when nothing says so, and then it is for nobody."""
    found: tuple[Right, bool] | None
    found = getattr(here.application().view_functions[endpoint], NEEDED, None)
    return found


def current_clerk() -> CurrentClerk:
    """Return who is signed in; only for screens that ask for a right."""
    return admitted_clerk()


def found_clerk() -> CurrentClerk | None:
    """Return who is signed in at the town hall, if anybody is."""
    g = here.g()
    if "clerk" not in g:
        key = COOKIE.read()
        g.clerk = sessions.find(key, origin(), seen=opens_page()) if key else None
    found: CurrentClerk | None = g.clerk
    return found


def admit() -> Response | None:
    """Open a screen of the town hall to whoever may."""
    request = here.request()
    assert request.endpoint is not None
    need = need_of(request.endpoint)
    if need is None:
        raise NotFound
    right, proof = need
    clerk = found_clerk()
    if clerk is None:
        return _ask_to_sign_in()
    page = request.full_path.rstrip("?") if request.method == "GET" else None
    must(right)
    if proof and not sessions.has_proved(clerk):
        return redirect(url_for("town_hall.prove_again", next=page))
    return None


def _ask_to_sign_in() -> Response:
    key, target = COOKIE.read(), request.full_path.rstrip("?")
    notice = SESSION_OVER
    if request.method == "POST":
        target = drafts.page_of_form() or url_for("town_hall.day")
        clerk_id = sessions.whose(key) if key else None
        notice = keep_what_was_sent(Owner(clerk_id, "clerk") if clerk_id else None, target)
    if key:
        flash(notice, "info")
    return redirect(url_for("town_hall.sign_in", next=target))


def stay_inside() -> None:
    """Let nobody know of these screens outside the networks that the town named."""
    allowed = in_force().staff_networks
    if allowed and not any(_is_in(here.request().remote_addr or "", each) for each in allowed):
        raise NotFound


def must(right: Right) -> None:
    """Go on if whoever is signed in has a right; say what their roles do not allow otherwise."""
    if not rights.may(current_clerk(), right):
        raise NotAllowed(_not_allowed(right))


def may_open(endpoint: str) -> bool:
    """Tell whether whoever is signed in has the right that a screen asks."""
    return may_roles_open(current_clerk().roles, endpoint)


# Views say it once for all: a family's file asks for each of its links.
@kept(most=1024)
def may_roles_open(roles: tuple[str, ...], endpoint: str) -> bool:
    """Tell whether somebody of these roles has the right that a screen asks."""
    need = need_of(endpoint)
    return need is not None and need[0] in rights.allowed(roles)


def begin_session(answer: Response, key: str) -> Response:
    """Sign a clerk in, in the browser that gets this answer."""
    session.pop(TICKET, None)
    COOKIE.leave(answer, key)
    return answer


def sign_out() -> None:
    """End the session of whoever is signed in; the answer's cookie is another matter."""
    drafts.forget_all(Owner(current_clerk().clerk_id, "clerk"))
    sessions.sign_out(current_clerk())
    here.g().clerk = None


def end_session(answer: Response) -> Response:
    """Leave nothing of a clerk in the browser that gets this answer."""
    session.pop(TICKET, None)
    COOKIE.take_away(answer)
    return answer


def _not_allowed(right: Right) -> str:
    known = team.administrators()
    asked = formats.ended(f" Demandez à {formats.either(known)}") if known else ""
    return f"Votre rôle ne permet pas {right.value}.{asked}"


def _is_in(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
