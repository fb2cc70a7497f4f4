"""An error that answers a form leads on to the page of the form, filled, where it is told.

The status stays that of the error, for programs. A browser is led on at once by the `Refresh`
header, which takes the place of the error in its history: Back asks nobody to send a form again.
What cannot be kept leads nowhere: to reload the error is then to send it again.
"""

from contextlib import suppress

from flask import Flask, flash, g, request, session
from werkzeug.exceptions import (
    InternalServerError,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
)
from werkzeug.wrappers import Response

from app import here
from app.services.accounts.drafts import Draft, Owner
from app.services.files import uploads
from app.web import drafts
from app.web.access import Audience, audience_of
from app.web.bodies import read_away
from app.web.errors import Failure

TOO_LARGE = "Rien n’est envoyé\u00a0: c’est trop volumineux. Raccourcissez votre texte."
FAILED = (
    "Le portail a rencontré un problème. Recommencez dans quelques minutes. Si cela se reproduit, "
    "appelez la mairie et donnez cette référence\u00a0: {}."
)
UNAVAILABLE = (
    "Rien n’est envoyé\u00a0: le portail était momentanément indisponible. "
    "Recommencez dans un instant."
)


def init_app(app: Flask) -> None:
    """Lead back from every error that answers a form."""
    app.after_request(_lead_back)


def _lead_back(response: Response) -> Response:
    failure: Failure | None = here.g().get("failure")
    request = here.request()
    if request.method != "POST" or request.endpoint is None or failure is None:
        return response
    page = drafts.page_of_form()
    if page is None or not _is_kept(failure, page):
        return response
    # A page that does not exist any more says so itself.
    if failure.code != NotFound.code:
        flash(_in_words(failure), "info")
    there = drafts.to_page(page, drafts.step() or drafts.EDIT)
    response.headers["Refresh"] = f"0; url={there.location}"
    return response


def _in_words(failure: Failure) -> str:
    match failure.code:
        case RequestEntityTooLarge.code:
            return TOO_LARGE
        case InternalServerError.code:
            return FAILED.format(failure.reference)
        case ServiceUnavailable.code:
            return UNAVAILABLE
        case _:
            return failure.advice


def _is_kept(failure: Failure, page: str) -> bool:
    """Keep what was typed, as far from the database as can be: it may be what failed."""
    draft = _left(failure)
    if draft is None:
        return True
    owner = _owner()
    if drafts.keep_without_database(owner, page, draft):
        return True
    if owner is None or failure.code == ServiceUnavailable.code:
        return False
    with suppress(Exception):
        drafts.keep(owner, page, draft)
        return True
    return False


def _owner() -> Owner | None:
    """Return for whom the page is, without asking the database."""
    audience = audience_of(request.endpoint or "")
    # Whoever looks at the pages of another leaves nothing of their own there.
    if audience is Audience.FAMILY and "account" in session and not g.get("viewed"):
        return Owner(session["account"])
    if audience is Audience.TOWN_HALL and g.get("clerk"):
        return Owner(g.clerk.clerk_id, "clerk")
    return None


def _left(failure: Failure) -> Draft | None:
    """Return what the page of the form would lose, if anything."""
    if failure.code == NotFound.code:
        return None
    try:
        typed = drafts.typed_in(request.form)
    except RequestEntityTooLarge:
        # What was kept of this form before is still there.
        read_away(uploads.MOST_BYTES)
        return None
    # A button types nothing: the form beside it may have a draft.
    return Draft(typed) if typed else None
