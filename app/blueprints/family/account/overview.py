"""« Mon compte » itself."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.profile import overview as service
from app.web.access import current_account
from app.web.site_map import labelled


@family.get("/compte")
@labelled("Mon compte", place=2)
def account() -> ResponseReturnValue:
    """One's own details, and the family's."""
    overview = service.overview(current_account())
    return render_template("family/account/overview.html", account=overview)
