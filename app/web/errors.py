"""The error pages, in French: what happened, what to do, and a number to give the town hall."""

import logging
from contextlib import suppress
from typing import NamedTuple

from flask import Flask, flash, g, render_template
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    NotFound,
    SecurityError,
    ServiceUnavailable,
    TooManyRequests,
)
from werkzeug.wrappers import Response

from app.gates import Crowded
from app.services.files import uploads
from app.services.files.store import StoreAway
from app.services.refusals import Reason, Refusal
from app.web.request_ids import reference

logger = logging.getLogger("portail.errors")
RETRY_SECONDS = 30
HTTP_ERRORS_FROM = 400

TEMPLATE = "errors/error.html"
# For templates, when nobody can say who is there.
NOBODY = {"current_user": AnonymousUserMixin(), "found_clerk": lambda: None}

FOREIGN_HOST = "Le portail ne répond pas à cette adresse. Utilisez celle donnée par la mairie."

PAGES = {
    400: ("Demande incomprise", "Revenez à la page précédente et recommencez."),
    403: ("Accès refusé", "Cette page n’est pas ouverte à votre compte."),
    404: (
        "Page introuvable",
        "L’adresse est peut-être incomplète, ou la page n’existe plus. "
        "Revenez à l’accueil pour trouver ce que vous cherchez.",
    ),
    405: ("Action impossible", "Revenez à l’accueil et recommencez."),
    413: (
        "Envoi trop volumineux",
        f"Rien n’est envoyé. Un fichier pèse {uploads.LARGEST_MEBIBYTES}\u00a0Mo au plus. "
        "Revenez à la page précédente, choisissez des fichiers plus légers ou raccourcissez votre "
        "texte.",
    ),
    429: ("Trop d’essais", "Attendez quelques minutes, puis recommencez."),
    500: (
        "Le portail a rencontré un problème",
        "Rien n’a été perdu. Recommencez dans quelques minutes.",
    ),
    503: (
        "Le portail est momentanément indisponible",
        "Recommencez dans une minute. Ce qui était enregistré le reste.",
    ),
}


class Failure(NamedTuple):
    """What went wrong in this request, for whoever leads back to its form."""

    code: int
    advice: str
    reference: str


CROWDED = (
    "Un instant, s’il vous plaît",
    "Le portail prépare déjà d’autres documents. Rien n’est perdu\u00a0: attendez quelques "
    "secondes, "
    "revenez à la page précédente, puis recommencez.",
)
CROWDED_SECONDS = 5
STORE_AWAY = (
    "Les fichiers ne sont pas disponibles",
    "Le portail ne parvient ni à lire ni à ranger les fichiers en ce moment. Rien n’est perdu, et "
    "le reste du portail fonctionne. Recommencez dans quelques minutes.",
)
ENOUGH_FOR_TODAY = "C’est assez pour aujourd’hui"


def init_app(app: Flask, unavailable: type[Exception], busy: type[Exception]) -> None:
    """Answer every error with our page; the database raises the other two, away or busy."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(SecurityError, _show_foreign_host)
    app.register_error_handler(unavailable, _show_unavailable)
    app.register_error_handler(busy, _show_busy)
    app.register_error_handler(Crowded, _show_crowded)
    app.register_error_handler(Exception, _show_unexpected)


def _show(error: HTTPException, words: tuple[str, str] | None = None) -> Response:
    code = error.code or InternalServerError.code
    if code < HTTP_ERRORS_FROM:
        return error.get_response()
    known = PAGES.get(code, PAGES[400 if code < InternalServerError.code else 500])
    title, advice = words or known
    g.failure = Failure(code, advice, reference())
    page = _draw(code=code, title=title, message=advice, reference=g.failure.reference)
    response = Response(page, status=code, content_type="text/html; charset=utf-8")
    # Keep what the protocol asks for (Allow, Retry-After), never the English page's own type.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _draw(code: int, **words: str) -> str:
    """Draw the page of an error, in the frame of a stranger's when nobody can say who is there."""
    if code != ServiceUnavailable.code:
        # What failed may be what tells who is there, and that must not fail twice.
        with suppress(Exception):
            return render_template(TEMPLATE, code=code, **words)
    return render_template(TEMPLATE, code=code, **NOBODY, **words)


def _show_foreign_host(_error: SecurityError) -> Response:
    # For a host that is not ours there are no links to make, so no page of ours either.
    return Response(FOREIGN_HOST, status=400, content_type="text/plain; charset=utf-8")


def _show_unavailable(error: Exception) -> Response:
    logger.error("database unavailable", exc_info=error)
    return _show(ServiceUnavailable(retry_after=RETRY_SECONDS))


def _show_busy(error: Exception) -> Response:
    # Nothing is broken, and a flood makes many: one short line each, which no Sentry is told.
    logger.warning("database busy", extra={"reason": str(getattr(error, "orig", error))})
    return _show(ServiceUnavailable(retry_after=RETRY_SECONDS))


def _show_crowded(_error: Exception) -> Response:
    return _show(ServiceUnavailable(retry_after=CROWDED_SECONDS), CROWDED)


def show_store_away(error: StoreAway) -> Response:
    """Say that files can be neither read nor kept now; a form that was filled in says so itself."""
    note_store_away(error)
    return _show(ServiceUnavailable(retry_after=RETRY_SECONDS), STORE_AWAY)


def note_store_away(error: StoreAway) -> None:
    """Log it as what it is."""
    logger.error("store away", exc_info=error)


def show_refusal(refusal: Refusal) -> Response:
    """Say why on a page of its own; a form that was filled in says so itself."""
    if refusal.reason is not Reason.TOO_MANY:
        return _show_unexpected(refusal)
    return _show(TooManyRequests(), (ENOUGH_FOR_TODAY, str(refusal)))


def say_why(refused: Refusal) -> None:
    """Say on the next page why something cannot be; what nobody knows has no page."""
    if refused.reason is Reason.UNKNOWN:
        raise NotFound
    flash(str(refused), "info")


def show_not_allowed(error: HTTPException) -> Response:
    """Say what is not allowed, and whom to ask, in the words of whoever refuses."""
    return _show(error, (PAGES[403][0], str(error.description)))


def _show_unexpected(error: Exception) -> Response:
    logger.error("unexpected error", exc_info=error)
    return _show(InternalServerError())
