"""« Mes données »: an archive to keep."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.files import send_archive
from app.web.forms import STALE_PAGE, EmptyForm

FILE_NAME = "mes-donnees-portail-famille.zip"


@family.post("/compte/mes-donnees")
@stands_on("family.account")
def own_data_archive() -> ResponseReturnValue:
    """Everything, in a ZIP made on the fly."""
    # It has a statement for each table, and few ask for it.
    from app.services.profile.own_data import packing

    if not EmptyForm().validate():
        return _back(STALE_PAGE)
    try:
        return send_archive(packing.pack(current_account()), FILE_NAME)
    except Refusal as refused:
        return _back(str(refused))


def _back(notice: str) -> ResponseReturnValue:
    flash(notice, "info")
    return redirect(url_for("family.account", _anchor="mes-donnees"))
