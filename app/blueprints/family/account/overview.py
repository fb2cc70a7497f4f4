"""« Mon compte » itself."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services import own_account
from app.web.access import current_account
from app.web.site_map import labelled


@family.get("/compte")
@labelled("Mon compte", place=2)
def account() -> ResponseReturnValue:
    """One's own details, and the family's."""
    overview = own_account.overview(current_account())
    return render_template("family/account/overview.html", account=overview)
