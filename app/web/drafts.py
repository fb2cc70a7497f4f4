"""What was typed, on its way from the POST that could not take it to the page that shows it again.

Every POST of a form answers by a redirect: a page that answers a POST is one that the browser asks
to send again on Back. What strangers typed, hardly more than an identifiant, waits sealed in their
cookie; a family's or a clerk's waits in a row, of which the cookie holds the key, or sealed where
the database is away.
"""

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, redirect, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.services.accounts import drafts
from app.services.accounts.drafts import Draft, Owner
from app.services.tokens.sealing import seal, unseal

# The address says what the page is to show of the draft.
STEP = "etape"
CORRECTION, CHECK, EDIT = "correction", "verification", "modification"
# The POST came without any cookie: if the next page does too, the browser refuses them.
WITHOUT_COOKIES = "cookies"
# In the cookie: the key of a family's drafts, or a stranger's own.
KEY, SEALED = "drafts", "draft"
SEALED_KEPT = timedelta(minutes=10)
# A cookie holds four thousand bytes in all, and what is sealed takes a third more.
LONGEST_SEALED, LONGEST_PAGE = 2_200, 200
# What each field counts for besides its words: twenty thousand empty ones are costly to keep too.
A_FIELD = 100
PAGE = "page_of_its_form"
# The names of the fields that hold passwords, whatever their form: see forms.Form.
SECRETS = {"csrf_token"}

View = TypeVar("View", bound=Callable[..., Any])


def stands_on(endpoint: str) -> Callable[[View], View]:
    """Say on which page the form or the button stands whose POST a view takes."""

    def mark(view: View) -> View:
        setattr(view, PAGE, endpoint)
        return view

    return mark


def page_of_form() -> str | None:
    """Return the address of the page where the form of this request stands."""
    assert request.endpoint is not None
    endpoint, arguments = request.endpoint, request.view_args or {}
    rule = request.url_rule
    if rule is not None and rule.methods is not None and "GET" not in rule.methods:
        endpoint = getattr(current_app.view_functions[endpoint], PAGE, "")
        if not endpoint:
            return None
        [page] = current_app.url_map.iter_rules(endpoint)
        arguments = {name: arguments[name] for name in page.arguments}
    return url_for(endpoint, **arguments)


def bounded(sent: Iterable[tuple[str, list[str]]], most: int) -> dict[str, list[str]]:
    """Keep what was typed, but passwords, and what no form of ours is near to take."""
    kept = {}
    for name, values in sent:
        most -= len(name) + sum(len(value) + A_FIELD for value in values)
        if most < 0:
            break
        if name not in SECRETS:
            kept[name] = values
    return kept


def typed_in(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what was sent to whatever form, but passwords."""
    return bounded(form.lists(), drafts.MOST_CHARACTERS)


def keep(owner: Owner | None, page: str, draft: Draft) -> None:
    """Keep it for this browser; a stranger has but one draft."""
    if owner is None:
        _ = _sealed(None, page, draft) or _sealed(None, page, Draft({}, draft.errors, draft.facts))
    elif len(page) <= LONGEST_PAGE:
        session.pop(SEALED, None)
        key = session.setdefault(KEY, secrets.token_hex(16))
        drafts.keep(owner, key, page, draft)


def keep_without_database(owner: Owner | None, page: str, draft: Draft) -> bool:
    """Keep it whole in the cookie; False when it is too long for it."""
    return _sealed(owner, page, draft)


def find(owner: Owner | None, page: str) -> Draft | None:
    """Return what was kept of the form on a page; costs nothing where nothing was."""
    found = _unsealed(owner, page) if SEALED in session else None
    if found is None and owner is not None and KEY in session:
        return drafts.find(owner, session[KEY], page)
    return found


def forget(owner: Owner | None, page: str) -> None:
    """Forget what the form on a page took."""
    session.pop(SEALED, None)
    if owner is not None and KEY in session:
        drafts.forget(owner, session[KEY], page)


def forget_all(owner: Owner) -> None:
    """Forget all that this browser left, when its owner signs out."""
    if KEY in session:
        drafts.forget(owner, session[KEY])


def step() -> str | None:
    """Return what this address shows of a draft; None when it asks for none."""
    asked = request.args.get(STEP)
    if asked == WITHOUT_COOKIES:
        return CORRECTION if request.cookies.get(_cookie()) else WITHOUT_COOKIES
    return asked if asked in {CORRECTION, CHECK, EDIT} else None


def to_page(page: str, what: str) -> Response:
    """Send the visitor back to the page of the form, to that step of it."""
    arguments = {name: value for name, value in request.args.items() if name != STEP}
    if not request.cookies.get(_cookie()):
        what = WITHOUT_COOKIES
    return redirect(f"{page}?{urlencode({**arguments, STEP: what})}")


def _sealed(owner: Owner | None, page: str, draft: Draft) -> bool:
    until = (datetime.now(UTC) + SEALED_KEPT).isoformat()
    words = json.dumps([owner, page, until, asdict(draft)], ensure_ascii=False)
    if len(words.encode("utf-8", "surrogatepass")) > LONGEST_SEALED:
        return False
    session[SEALED] = seal(words)
    return True


def _unsealed(owner: Owner | None, page: str) -> Draft | None:
    words = unseal(session[SEALED])
    if words is None:
        return None
    *of, until, draft = json.loads(words)
    fresh = datetime.fromisoformat(until) > datetime.now(UTC)
    ours = of == [owner and list(owner), page]
    return Draft(**draft) if fresh and ours else None


def _cookie() -> str:
    return str(current_app.config["SESSION_COOKIE_NAME"])
