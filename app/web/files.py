"""Files handed to whom they belong: those of the instance folder, those made on the spot."""

import io
from collections.abc import Callable
from functools import wraps
from pathlib import PurePath

from flask import abort, send_file, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.settings import settings
from app.web import printing

# What the portal stores, and the only types it ever answers with.
TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
# What it makes.
CSV = ".csv"
PDF = ".pdf"
MADE_TYPES = {CSV: "text/csv", PDF: TYPES[PDF]}


def send_stored_file(
    folder: str, name: str, download_name: str | None = None, *, inline: bool = False
) -> Response:
    """Send a stored file under a name of our own; the caller has checked whose it is."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        abort(404)
    response = send_from_directory(
        settings.instance / folder,
        name,
        mimetype=TYPES[suffix],
        as_attachment=not inline,
        download_name=download_name and f"{_printable(download_name)}{suffix}",
    )
    return _kept_by_nobody(response)


def send_made_file(content: bytes, suffix: str, name: str, *, inline: bool = False) -> Response:
    """Send what was just made."""
    response = send_file(
        io.BytesIO(content),
        mimetype=MADE_TYPES[suffix],
        as_attachment=not inline,
        download_name=f"{_printable(name)}{suffix}",
    )
    response.content_length = len(content)
    return _kept_by_nobody(response)


def only_with_printing(
    view: Callable[..., ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Make a page unknown where no PDF can be made: no link leads there either."""

    @wraps(view)
    def guarded(**arguments: str) -> ResponseReturnValue:
        if not printing.available():
            abort(404)
        return view(**arguments)

    return guarded


def _kept_by_nobody(response: Response) -> Response:
    # Sending a file sets its own, which would let a shared computer keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


def _printable(name: str) -> str:
    # A line break in a file name would break the header it stands in; a slash would be a folder.
    return "".join(letter for letter in name if letter.isprintable()).replace("/", "-")
