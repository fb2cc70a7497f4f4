"""« À reporter »: what is to be changed in the town's software too."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.families import reporting as service
from app.web.clerk_access import needs


@town_hall.get("/mairie/a-reporter")
@needs(Right.REQUESTS)
def reporting() -> ResponseReturnValue:
    """What was accepted and the files do not say yet; then what they replaced of late."""
    return render_template(
        "town_hall/reporting.html", waiting=service.to_report(), overruled=service.overruled()
    )
