"""What runs now, itself: the application, what its context keeps, the request and its session.

Flask's proxies make an error of each name that they are asked, then look for the object and ask it:
some thirty times the price of the answer. What every page asks takes the object, once.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import flask
from werkzeug.local import LocalProxy

Something = TypeVar("Something")


def _behind(proxy: Something) -> Callable[[], Something]:
    """Return what finds the object; it raises RuntimeError where there is none, as the proxy."""
    return cast("LocalProxy[Something]", proxy)._get_current_object  # noqa: SLF001 (documented)


application = _behind(flask.current_app)
g = _behind(flask.g)
request = _behind(flask.request)
session = _behind(flask.session)
