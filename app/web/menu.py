"""What the menu of a signed-in page counts, asked when such a page is drawn."""

from flask import Flask

from app.services import counts
from app.services.counts import MenuCounts
from app.web.access import current_account


def init_app(app: Flask) -> None:
    """Let the layout ask; a page that knows already sets `counts`."""
    app.jinja_env.globals["menu_counts"] = menu_counts


def menu_counts() -> MenuCounts:
    """Count what is new for whoever is signed in."""
    return counts.of(current_account())
