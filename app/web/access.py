"""Who may open which page: each says whom it is for, and whatever says nothing stays closed."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.services.accounts import sessions
from app.services.actors import CurrentAccount, Origin

AUDIENCE = "audience"
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
    """Open each page to whom it is for, and close the rest."""
    # Not its init_app, which reads the session on every answer for a cookie we do without: caches
    # would then keep one copy of each static file per visitor.
    app.login_manager = login_manager  # type: ignore[attr-defined]
    app.context_processor(lambda: {"current_user": current_user})
    app.before_request(_admit)


class Audience(Enum):
    """Whom a page is for."""

    STRANGERS = "anybody, signed in or not"
    FAMILY = "a guardian who is signed in"
    TOWN_HALL = "a clerk who is signed in"


class Screens(Blueprint):
    """A blueprint that says whom its pages are for, and what the map of the site calls them."""

    def __init__(self, name: str, import_name: str, audience: Audience, heading: str) -> None:
        """Hold them for every view that does not say otherwise."""
        super().__init__(name, import_name)
        self.audience = audience
        self.heading = heading


def opens_to(audience: Audience) -> Callable[[View], View]:
    """Say whom a view is for, when it is not for those of its blueprint."""

    def mark(view: View) -> View:
        setattr(view, AUDIENCE, audience)
        return view

    return mark


def audience_of(endpoint: str) -> Audience | None:
    """Return whom a page is for; None when nothing says so, and then it is for nobody."""
    own: Audience | None = getattr(current_app.view_functions[endpoint], AUDIENCE, None)
    blueprint = current_app.blueprints.get(endpoint.partition(".")[0])
    return own or getattr(blueprint, AUDIENCE, None)


def current_account() -> CurrentAccount:
    """Return who is signed in; only for pages of the family."""
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


def _admit() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    audience = audience_of(request.endpoint)
    if audience is Audience.STRANGERS:
        return None
    if audience is Audience.FAMILY:
        return None if current_user.is_authenticated else _ask_to_sign_in()
    # Nobody of the town hall can sign in: what is for them, or for nobody, does not exist.
    raise NotFound


def _ask_to_sign_in() -> Response:
    if "_user_id" in session:
        session.clear()
        flash(SESSION_OVER, "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=target))
