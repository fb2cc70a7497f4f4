"""« Mon compte »."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.access import current_account
from app.blueprints.family import family
from app.services import households


@family.get("/compte")
def account() -> ResponseReturnValue:
    """One's own details, and the family's."""
    household = households.household_file(current_account())
    return render_template("family/account.html", household=household)
