"""Pages with an empty form, as strangers find them: all of them the same, but for a token."""

from flask import Flask, g, render_template

from app import here
from app.settings import FOLLOWING
from app.web.forms import Form, signed_token

BLANK_PAGES = "portail.blank_pages"
PLACEHOLDER = "the-token-of-this-visitor"


def init_app(app: Flask) -> None:
    """Keep them until the town changes what they say."""
    _forget(app)
    app.extensions[FOLLOWING].when_changed.append(_forget)


def is_stranger() -> bool:
    """Tell whether nothing is known of this visitor, nor asked for in the address."""
    return not here.request().args and here.session().keys() <= {"csrf_token"}


def render_to_stranger(template: str, form: type[Form]) -> str:
    """Render a page with an empty form for a stranger: it differs by its token only.

    Drawn once, then the token is put in: most visits to the portal begin with such a page.
    """
    pages: dict[str, str] = here.application().extensions[BLANK_PAGES]
    page = pages.get(template)
    if page is None:
        g.csrf_token_drawn = PLACEHOLDER
        page = pages[template] = render_template(template, form=form())
        del g.csrf_token_drawn
    return page.replace(PLACEHOLDER, signed_token())


def _forget(app: Flask) -> None:
    """Whoever is drawing one then keeps it where nobody looks any more."""
    app.extensions[BLANK_PAGES] = {}
