"""« Accueil »."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services import home as service
from app.web.access import current_account
from app.web.site_map import labelled


@family.get("/accueil")
@labelled("Accueil", place=1)
def home() -> ResponseReturnValue:
    """« Bienvenue sur le portail famille »."""
    return render_template("family/home.html", home=service.home(current_account()))
