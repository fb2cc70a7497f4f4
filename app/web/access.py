"""Who may open which page: deny by default, the public marker, the signed-in visitor."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from app.services.accounts import sessions
from app.services.actors import CurrentAccount, Origin

PUBLIC = "is_public"
# Of an IPv6 address; a proxy that is announced and not there lets visitors write their own.
LONGEST_ADDRESS = 45
SESSION_OVER = "Votre session a pris fin. Connectez-vous pour continuer."

View = TypeVar("View", bound=Callable[..., Any])

login_manager = LoginManager()
# Flask-Login's protection trusts a raw X-Forwarded-For, and phones change address all day.
login_manager.session_protection = None


class Visitor(UserMixin):
    """A signed-in guardian, as Flask-Login wants one: its id is the key of the session's row."""

    def __init__(self, key: str, account: CurrentAccount) -> None:
        self.key = key
        self.account = account

    def get_id(self) -> str:
        """Return what the cookie holds: the random key of the session, nothing of the person."""
        return self.key

    @property
    def display_name(self) -> str:
        """Write the name as the guides greet: PAYS ZEST."""
        return self.account.display_name


def init_app(app: Flask) -> None:
    """Close every page to whoever is not signed in, but those marked public."""
    # Not its init_app, which reads the session on every answer for a cookie we do without: caches
    # would then keep one copy of each static file per visitor.
    app.login_manager = login_manager  # type: ignore[attr-defined]
    app.context_processor(lambda: {"current_user": current_user})
    app.before_request(_require_sign_in)


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    setattr(view, PUBLIC, True)
    return view


def current_account() -> CurrentAccount:
    """Return who is signed in; only for views that are not public."""
    account: CurrentAccount = current_user.account
    return account


def begin_session(key: str) -> None:
    """Sign the visitor in, with nothing left of what the cookie held before."""
    end_session()
    account = sessions.find(key, origin())
    # A password saved at this very moment has ended the session already: the next page says so.
    if account is not None:
        login_user(Visitor(key, account))


def end_session() -> None:
    """Sign out whoever is signed in on this device, and empty the cookie."""
    if current_user.is_authenticated:
        sessions.sign_out(current_account())
    session.clear()


def origin() -> Origin:
    """Say where this request comes from, for the journal and the throttle."""
    agent = request.headers.get("User-Agent", "")
    return Origin(
        address=(request.remote_addr or "")[:LONGEST_ADDRESS],
        request_id=g.request_id,
        user_agent=agent if agent.isprintable() else "".join(filter(str.isprintable, agent)),
    )


@login_manager.user_loader
def _load_visitor(key: str) -> Visitor | None:
    account = sessions.find(key, origin())
    return Visitor(key, account) if account else None


def _require_sign_in() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    if getattr(current_app.view_functions[request.endpoint], PUBLIC, False):
        return None
    if current_user.is_authenticated:
        return None
    if "_user_id" in session:
        session.clear()
        flash(SESSION_OVER, "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=target))
