"""« Mes appareils »: where the account is signed in."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.accounts import sessions
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.forms import STALE_PAGE, EmptyForm

ENDED = "L’appareil est déconnecté."
OTHERS_ENDED = "Vos autres appareils sont déconnectés."


@family.post("/compte/appareils/<opaque:public_id>/deconnecter")
@stands_on("family.account")
def end_device(public_id: str) -> ResponseReturnValue:
    """Sign out on one device."""
    if not EmptyForm().validate():
        return _back(STALE_PAGE, "info")
    if not sessions.end_device(current_account(), public_id):
        abort(404)
    return _back(ENDED, "success")


@family.post("/compte/appareils/deconnecter-les-autres")
@stands_on("family.account")
def end_other_devices() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    if not EmptyForm().validate():
        return _back(STALE_PAGE, "info")
    sessions.end_other_devices(current_account())
    return _back(OTHERS_ENDED, "success")


def _back(notice: str, kind: str) -> ResponseReturnValue:
    flash(notice, kind)
    return redirect(url_for("family.account", _anchor="appareils"))
