"""« Mes données »: an archive to keep."""

import io
from typing import IO

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.profile.own_data import packing
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.forms import STALE_PAGE, EmptyForm

FILE_NAME = "mes-donnees-portail-famille.zip"


@family.post("/compte/mes-donnees")
@stands_on("family.account")
def own_data_archive() -> ResponseReturnValue:
    """Everything, in a ZIP made on the fly."""
    if not EmptyForm().validate():
        return _back(STALE_PAGE)
    try:
        return _send(packing.pack(current_account()))
    except Refusal as refused:
        return _back(str(refused))


def _send(archive: IO[bytes]) -> ResponseReturnValue:
    size = archive.seek(0, io.SEEK_END)
    archive.seek(0)
    response = send_file(
        archive, mimetype="application/zip", as_attachment=True, download_name=FILE_NAME
    )
    response.content_length = size
    # Sending a file sets its own, which would let a shared computer keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(notice: str) -> ResponseReturnValue:
    flash(notice, "info")
    return redirect(url_for("family.account", _anchor="mes-donnees"))
