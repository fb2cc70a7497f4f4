"""Who may open which page: each says whom it is for, and whatever says nothing stays closed."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol, TypeVar, cast

from flask import Blueprint, Flask, flash, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import Forbidden, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response
from wtforms import ValidationError

from app import here
from app.services.accounts import sessions
from app.services.accounts.drafts import Draft, Owner
from app.services.actors import CurrentAccount, CurrentClerk, Origin
from app.services.files import uploads
from app.web import drafts
from app.web.bodies import read_away

AUDIENCE = "audience"
# Where Flask-Login keeps whoever visits, once it looked for them.
FOUND = "_login_user"
CLERKS = "portail.clerks"
VIEWING = "portail.viewing"
HARMLESS = {"GET", "HEAD", "OPTIONS"}
READ_ONLY = (
    "Vous voyez le portail comme cette famille, en lecture seule\u00a0: rien n’est envoyé ni "
    "changé. Revenez d’abord à la mairie."
)
# Of an IPv6 address; a proxy that is announced and not there lets visitors write their own.
LONGEST_ADDRESS = 45
SESSION_OVER = "Votre session a pris fin. Connectez-vous pour continuer."
TEXT_KEPT = (
    "Votre session a pris fin. Votre texte est gardé\u00a0: connectez-vous pour le retrouver."
)
FILES_LOST = " Vous choisirez de nouveau vos fichiers."
# A page may stay open from one evening to another before it is sent.
TOKEN_OF_AN_ENDED_SESSION = 7 * 24 * 3600

View = TypeVar("View", bound=Callable[..., Any])


class Visitors(LoginManager):
    """Flask-Login, without what protects sessions by the address that they are used from."""

    # It trusts a raw X-Forwarded-For, and phones change address all day.
    session_protection = None

    def _load_user(self) -> None:
        """Show a clerk who looks at the portal as a parent what that parent would see."""
        viewed = _viewed()
        if viewed is None:
            super()._load_user()
        else:
            self._update_request_context_with_user(Visitor("", viewed))

    def _session_protection_failed(self) -> bool:
        """Say no at once: it is worked out at each request, even where nobody asks for it."""
        return False


login_manager = Visitors()


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


class ReadOnly(Forbidden):
    """Something would be done in the name of a parent by a clerk who looks at their pages."""


class Viewing(Protocol):
    """Knows whose pages a clerk looks at."""

    def viewed(self) -> CurrentAccount | None:
        """Return whose, None for anybody else's visit."""

    def say_it_is_over(self) -> Response | None:
        """Answer a clerk who may look no more; None for anybody else."""


def init_app(app: Flask, admit_clerk: Callable[[], Response | None], viewing: Viewing) -> None:
    """Open each page to whom it is for, and close the rest; `admit_clerk` does so for clerks."""
    app.extensions[CLERKS] = admit_clerk
    app.extensions[VIEWING] = viewing
    # Not its init_app, which reads the session on every answer for a cookie we do without: caches
    # would then keep one copy of each static file per visitor.
    app.login_manager = login_manager  # type: ignore[attr-defined]
    # A page that looked for whoever is there asks them, rather than ask each time who it is.
    app.context_processor(lambda: {"current_user": here.g().get(FOUND, current_user)})
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
    own: Audience | None = getattr(here.application().view_functions[endpoint], AUDIENCE, None)
    return own or _blueprint_audience(endpoint)


def _blueprint_audience(endpoint: str) -> Audience | None:
    blueprint = here.application().blueprints.get(endpoint.partition(".")[0])
    return getattr(blueprint, AUDIENCE, None)


def _viewing() -> Viewing:
    return cast("Viewing", here.application().extensions[VIEWING])


def _viewed() -> CurrentAccount | None:
    """Return whose pages a clerk looks at; the town hall's own are nobody's."""
    g = here.g()
    if "viewed" not in g:
        # Who is signed in is asked for whoever is seen.
        g.viewed = None
        endpoint = here.request().endpoint
        if not endpoint or _blueprint_audience(endpoint) is not Audience.TOWN_HALL:
            g.viewed = _viewing().viewed()
    found: CurrentAccount | None = g.viewed
    return found


def _visitor() -> Visitor | AnonymousUserMixin:
    """Return who visits, as `current_user` does, which looks for it at each attribute."""
    g = here.g()
    if FOUND not in g:
        login_manager._load_user()  # noqa: SLF001 (ours)
    found: Visitor | AnonymousUserMixin = g.get(FOUND)
    return found


def current_account() -> CurrentAccount:
    """Return who is signed in; only for pages of the family."""
    visitor = _visitor()
    assert isinstance(visitor, Visitor)
    return visitor.account


def admitted_clerk() -> CurrentClerk:
    """Return who is signed in at the town hall; only for its screens."""
    return cast("CurrentClerk", here.g().clerk)


def begin_session(key: str) -> None:
    """Sign the visitor in, with nothing left of what the cookie held before but the key of drafts.

    They open to the account that left them, nobody else's.
    """
    kept = session.get(drafts.KEY)
    end_session()
    account = sessions.find(key, origin())
    # A password saved at this very moment has ended the session already: the next page says so.
    if account is not None:
        login_user(Visitor(key, account))
        # Of the protection that we do without: half of what browsers send with each request.
        del session["_id"]
        # Whose text it is, when the session has ended and something is sent all the same.
        session["account"] = account.account_id
        if kept:
            session[drafts.KEY] = kept


def end_session() -> None:
    """Sign out whoever is signed in on this device, and empty the cookie."""
    if current_user.is_authenticated:
        sessions.sign_out(current_account())
    session.clear()


def opens_page() -> bool:
    """Tell whether somebody gets the page, so that it is marked.

    HEAD asks about it; a clerk who looks at a parent's pages marks nothing.
    """
    return here.request().method != "HEAD" and _viewed() is None


def origin() -> Origin:
    """Say where this request comes from, for the journal and the throttle."""
    request = here.request()
    agent = request.headers.get("User-Agent", "")
    return Origin(
        address=(request.remote_addr or "")[:LONGEST_ADDRESS],
        request_id=here.g().request_id,
        user_agent=agent if agent.isprintable() else "".join(filter(str.isprintable, agent)),
    )


@login_manager.user_loader
def _load_visitor(key: str) -> Visitor | None:
    account = sessions.find(key, origin(), seen=opens_page())
    return Visitor(key, account) if account else None


def _admit() -> Response | None:
    request = here.request()
    if request.endpoint is None or request.endpoint == "static":
        return None
    audience = audience_of(request.endpoint)
    if request.method not in HARMLESS and _viewed() is not None:
        raise ReadOnly(READ_ONLY)
    if audience is Audience.STRANGERS:
        return None
    if audience is Audience.FAMILY:
        if _visitor().is_authenticated:
            return None
        return _viewing().say_it_is_over() or _ask_to_sign_in()
    if audience is Audience.TOWN_HALL:
        answer: Response | None = here.application().extensions[CLERKS]()
        return answer
    # What is for nobody does not exist.
    raise NotFound


def _ask_to_sign_in() -> Response:
    if request.method == "POST":
        target = drafts.page_of_form()
        whose = Owner(session["account"]) if {"_user_id", "account"} <= session.keys() else None
        notice = keep_what_was_sent(whose, target)
    else:
        target, notice = request.full_path.rstrip("?"), SESSION_OVER
    if "_user_id" in session:
        kept = session.get(drafts.KEY)
        session.clear()
        if kept:
            session[drafts.KEY] = kept
        flash(notice, "info")
    return redirect(url_for("auth.sign_in", next=target))


def keep_what_was_sent(whose: Owner | None, page: str | None) -> str:
    """Keep it for whoever's session has ended; say what to expect."""
    request.max_content_length = uploads.MOST_BYTES
    try:
        typed = drafts.typed_in(request.form) if whose else None
    except RequestEntityTooLarge:
        typed = None
    read_away(uploads.MOST_BYTES)
    if typed is None or page is None or whose is None or not _comes_from_this_session():
        return SESSION_OVER
    if not typed and page != request.path:
        # A button: nothing was typed, and the form beside it may have a draft.
        return SESSION_OVER
    drafts.keep(whose, page, Draft(typed))
    files = any(each.filename for each in request.files.values())
    return (TEXT_KEPT if any(map(any, typed.values())) else SESSION_OVER) + (
        FILES_LOST if files else ""
    )


def _comes_from_this_session() -> bool:
    """Tell whether the page that was sent was drawn for whoever was signed in last."""
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=TOKEN_OF_AN_ENDED_SESSION)
    except ValidationError:
        return False
    return True
