"""« Réglages »: what the Administration changes without anybody of the server."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.settings import followed
from app.web.clerk_access import needs


@town_hall.get("/mairie/reglages")
@needs(Right.SETTINGS)
def settings() -> ResponseReturnValue:
    """Where each is changed."""
    return render_template("town_hall/settings.html", faults=followed().faults)


@town_hall.get("/mairie/reglages/menage")
@needs(Right.SETTINGS)
def purge() -> ResponseReturnValue:
    """What the coming night removes."""
    # It counts in most tables, and few look.
    from app.services.town_hall import tonight

    return render_template("town_hall/purge.html", tonight=tonight.read())
