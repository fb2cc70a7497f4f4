"""Flask, without what it would ask or make again at each request."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from flask.ctx import AppContext
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from app.settings import FOLLOWING
from app.web.addresses import Address
from app.web.signing import SmallValues
from app.web.templating import Environment

SIGNER = "portail.cookie_signer"


class SignedCookie(SecureCookieSessionInterface):
    """The session's cookie, whose signer is made once: the keys stay as they are."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        """Give the application's own."""
        if SIGNER not in app.extensions:
            app.extensions[SIGNER] = SmallValues(
                [*app.config["SECRET_KEY_FALLBACKS"], app.secret_key],
                salt=self.salt,
                serializer=self.serializer,
                signer_kwargs={
                    "key_derivation": self.key_derivation,
                    "digest_method": self.digest_method,
                },
            )
        signer: SmallValues = app.extensions[SIGNER]
        return signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave a cookie that is as it was where it is, as most pages do."""
        if session and not session.modified and not session.permanent and session.accessed:
            response.headers.add("Vary", "Cookie")
        else:
            super().save_session(app, session, response)


class Application(Flask):
    """The portal's."""

    url_rule_class = Address
    jinja_environment = Environment
    # Our templates are all kept: so many need no order of the latest used.
    jinja_options: dict[str, Any] = {"cache_size": -1}  # noqa: RUF012 (as Flask declares it)
    session_interface = SignedCookie()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Call views and hooks as they are: none is a coroutine, and Flask asks each time."""
        return func

    def app_context(self) -> AppContext:
        """Begin a request, a job or a command with the settings as they are now."""
        if FOLLOWING in self.extensions:
            self.extensions[FOLLOWING].look()
        return super().app_context()
