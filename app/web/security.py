"""Security headers, limits, and the only safe redirect target."""

import logging
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map, RequestRedirect
from werkzeug.wrappers import Response

from app import here

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("portail.security")

# No form of the portal comes near this, and a flood of megabytes is not read.
MAXIMUM_BODY_BYTES = 256 * 1024

# Of a row, on PostgreSQL.
LARGEST_NUMBER = 2**31 - 1

# The largest form of ours has some dozens; parsing 30,000 takes a fifth of a second.
MOST_FIELDS = 1_000
URLENCODED = "application/x-www-form-urlencoded"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        # Whoever audits a page reads robots.txt from it.
        "connect-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # no-referrer would break every Flask-WTF form over https.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # For browsers older than frame-ancestors.
    "X-Frame-Options": "DENY",
}
# A socket has no name of a machine; whoever reaches it is let in by its permissions.
OWN_LISTENERS = frozenset({"localhost", ""})
EXPOSED = (
    "Le portail ne répond qu’à sa propre machine : sa clé PORTAIL_SECRET_KEY est connue de tous. "
    "Pour une commune, PORTAIL_ENV=production et une clé tirée au hasard.\n"
)
ONE_YEAR_HSTS = "max-age=31536000"


class RowNumber(IntegerConverter):
    """The number of a row: one that no database holds is not found, before any is asked."""

    regex = r"\d{1,10}"

    def __init__(self, map: Map) -> None:  # noqa: A002 (the name that werkzeug gives)
        """Bound it as a column is."""
        super().__init__(map, max=LARGEST_NUMBER)


class OpaqueId(BaseConverter):
    """The public id of a row in a URL; anything of another shape is a 404 at once."""

    regex = "[0-9a-f]{16}"


def init_app(app: Flask, secure: bool, proxies: int, *, own_machine: bool) -> None:
    """Set the cookie, the limits and the headers of every answer.

    With `own_machine`, whoever asks from elsewhere is refused: anybody may know the key.
    """
    if own_machine:
        app.before_request(_refuse_who_is_elsewhere)
    app.url_map.converters.update(opaque=OpaqueId, int=RowNumber)
    app.config.update(
        MAX_CONTENT_LENGTH=MAXIMUM_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAXIMUM_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-portail" if secure else "portail",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.before_request(_refuse_too_many_fields)
    app.before_request(_forgive_a_slash)
    app.after_request(_keep_nothing)
    headers = HEADERS | ({"Strict-Transport-Security": ONE_YEAR_HSTS} if secure else {})
    app.wsgi_app = partial(  # type: ignore[method-assign]
        _with_headers, list(headers.items()), app.wsgi_app
    )
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0
        )


def _refuse_who_is_elsewhere() -> Response | None:
    """Answer where nobody else listens; the name of the listener is the server's, not a header."""
    if _is_own(request.environ["SERVER_NAME"]):
        return None
    logger.error("settings.exposed")
    return Response(EXPOSED, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")


def _is_own(listener: str) -> bool:
    try:
        return ip_address(listener).is_loopback
    except ValueError:
        return listener in OWN_LISTENERS


def safe_target(target: str | None) -> str | None:
    """Return the page of ours that `target` names, None when it is anything else.

    The address is built anew from the route it matches, so nothing of what was typed survives.
    """
    if not target or not target.startswith("/"):
        return None
    try:
        path = urlsplit(target).path
        adapter = current_app.url_map.bind("")
        endpoint, values = adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return None
    # A file is no page to land on, and the version in its address would need the file to exist.
    return None if endpoint == "static" else url_for(endpoint, **values)


def _refuse_too_many_fields() -> None:
    """Count the fields before they are parsed; those of a form with files are bounded by Flask."""
    request = here.request()
    sent = request.query_string.count(b"&")
    if request.content_type and request.mimetype == URLENCODED:
        sent += request.get_data().count(b"&")
    if sent >= MOST_FIELDS:
        raise RequestEntityTooLarge


def _forgive_a_slash() -> Response | None:
    """Lead from /connexion/ to /connexion: people type it so."""
    request = here.request()
    if request.endpoint is not None or request.method not in {"GET", "HEAD"}:
        return None
    path = request.path.rstrip("/")
    target = safe_target(path) if path != request.path else None
    if target is None:
        return None
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{target}?{query}" if query else target, HTTPStatus.MOVED_PERMANENTLY)


def _keep_nothing(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _with_headers(
    ours: list[tuple[str, str]],
    answer: "WSGIApplication",
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
) -> Iterable[bytes]:
    """Add the headers that every answer has; Flask would look through those it has for each."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, headers + ours, *error)

    return answer(environ, start)
