"""Files of the instance folder, handed to whom they belong."""

from pathlib import PurePath

from flask import abort, send_from_directory
from werkzeug.wrappers import Response

from app.settings import settings

# What the portal stores, and the only types it ever answers with.
TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}


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
    # Sending a file sets its own, which would let a shared computer keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


def _printable(name: str) -> str:
    # A line break in a file name would break the header it stands in.
    return "".join(character for character in name if character.isprintable())
