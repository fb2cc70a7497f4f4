"""Which town a visitor is for, by the host alone."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.wrappers import Response

from app.towns.hosted import TRY_AGAIN_SECONDS, Town, TownBroken
from app.web import security

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EXTENSION = "portail.towns"
# Applications in a process, two MiB each: those of the towns that were visited last.
MOST_KEPT = 300
# Of an application that is not the visitor's, nothing is shown but this.
PAGE = """\
<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<h1>{title}</h1>
<p>{advice}</p>
</html>
"""
NOBODY_S = (
    "Aucun portail à cette adresse",
    "Vérifiez l’adresse que la mairie vous a donnée, ou demandez-la-lui.",
)
BROKEN = (
    "Le portail est momentanément indisponible",
    "Recommencez dans quelques minutes. Ce qui était enregistré le reste.",
)


class Towns:
    """The towns of this process, and the way to each."""

    def __init__(self, towns: Sequence[Town], most_kept: int) -> None:
        """Keep the applications of the `most_kept` that were visited last."""
        self.all = towns
        self.by_name = {town.name: town for town in towns}
        self._by_host: dict[str, Town] = {}
        for town in towns:
            # A second town of the same address is broken, and takes nothing from the first.
            self._by_host.setdefault(town.host, town)
        self._by_host.pop("", None)
        self._most_kept = most_kept
        self._latest: OrderedDict[str, Town] = OrderedDict()
        self._moving = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer by the application of the town whose host was asked."""
        town = self._by_host.get(host_asked(environ))
        if town is None:
            return _page(HTTPStatus.MISDIRECTED_REQUEST, NOBODY_S)(environ, start_response)
        try:
            app = town.app()
        except TownBroken:
            answer = _page(HTTPStatus.SERVICE_UNAVAILABLE, BROKEN)
            answer.retry_after = int(TRY_AGAIN_SECONDS)
            return answer(environ, start_response)
        self._note_visit(town)
        return app(environ, start_response)

    def _note_visit(self, town: Town) -> None:
        with self._moving:
            self._latest[town.name] = town
            self._latest.move_to_end(town.name)
            oldest = self._latest.popitem(last=False)[1] if self._is_full() else None
        if oldest is not None:
            oldest.forget()

    def _is_full(self) -> bool:
        return len(self._latest) > self._most_kept


def host_asked(environ: "WSGIEnvironment") -> str:
    """Read the host that was asked for, without its port."""
    try:
        return (urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def open_lobby(hosted: Sequence[Town]) -> Flask:
    """Make the application that gunicorn and `flask` load: it has no page of its own."""
    towns = Towns(hosted, MOST_KEPT)
    lobby = Flask("portail", static_folder=None)
    lobby.extensions[EXTENSION] = towns
    lobby.wsgi_app = towns  # type: ignore[method-assign]
    return lobby


def _page(status: HTTPStatus, words: tuple[str, str]) -> Response:
    title, advice = words
    answer = Response(
        PAGE.format(title=title, advice=advice), status, content_type="text/html; charset=utf-8"
    )
    answer.headers.extend(security.HEADERS)
    answer.headers["Cache-Control"] = "no-store"
    return answer
