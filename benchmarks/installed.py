"""The portal as towns install it: without Babel, a tool of tests, which Flask-WTF would load."""

import sys

sys.modules["babel"] = None  # type: ignore[assignment]

from wsgi import app  # noqa: E402 (once nobody finds Babel)

__all__ = ["app"]
