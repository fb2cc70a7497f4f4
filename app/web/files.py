"""Files handed to whom they belong: those of the store, those made on the spot."""

import io
from collections.abc import Callable
from functools import wraps
from typing import IO

from flask import abort, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.services.accounts import allowances
from app.services.accounts.allowances import Allowance
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile
from app.settings import in_this_town, settings
from app.web import printing
from app.web.access import current_account, opens_page

# What it makes.
CSV = ".csv"
PDF = ".pdf"
MADE_TYPES = {CSV: "text/csv", PDF: "application/pdf"}


def send_stored_file(found: FoundFile | None, *, inline: bool = False) -> Response:
    """Send a file that the visitor may have, under a name of our own; none is a 404."""
    opened = stored_files.open_file(found) if found else None
    if found is None or opened is None:
        abort(404)
    response: Response = send_file(
        opened.stream,
        mimetype=opened.media_type,
        as_attachment=not inline,
        download_name=found.title
        and stored_files.file_name(_printable(found.title), opened.suffix),
        # A stored name is never given to something else.
        etag=found.name,
        conditional=False,
    )
    address = _address_in_front(found)
    if address:
        # nginx reads it, whole or in part, and none of our threads waits for a slow reader.
        opened.stream.close()
        response = Response(mimetype=opened.media_type, headers=response.headers)
        response.headers["X-Accel-Redirect"] = address
    else:
        response.content_length = opened.size
        response.make_conditional(request, accept_ranges=True, complete_length=opened.size)
    return _kept_by_nobody(response)


def _address_in_front(found: FoundFile) -> str:
    prefix = settings.x_accel_prefix
    return stored_files.address_below(prefix, found) if prefix else ""


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


def send_archive(archive: IO[bytes], name: str) -> Response:
    """Send a ZIP that was made on the fly, from where it is; nobody keeps it."""
    size = archive.seek(0, io.SEEK_END)
    archive.seek(0)
    response = send_file(
        archive, mimetype="application/zip", as_attachment=True, download_name=name
    )
    response.content_length = size
    return _kept_by_nobody(response)


def send_paper(html: str, name: str, *, inline: bool = False) -> Response:
    """Send a page laid out on paper; as many as a family needs, one at a time.

    Raises Refusal after too many in a day, Crowded while others are being made.
    """
    account_id = current_account().account_id
    with printing.making.passing(in_this_town(account_id)):
        if opens_page():
            allowances.spend_now(account_id, Allowance.PAPERS)
        return send_made_file(printing.to_pdf(html), PDF, name, inline=inline)


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
