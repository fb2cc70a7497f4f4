"""« Liste des demandes »."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family import family


@family.get("/demandes")
def requests() -> ResponseReturnValue:
    """Whom to ask while the portal takes no requests itself."""
    return render_template("family/requests.html")
