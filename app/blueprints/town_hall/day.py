"""« À faire »: where a day at the town hall begins."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.import_forms import UploadForm
from app.formats import today
from app.services.clerks import rights, team
from app.services.clerks.rights import Right
from app.services.town_hall import day as service
from app.web.clerk_access import current_clerk, needs


@town_hall.get("/mairie")
@needs(Right.DAY)
def day() -> ResponseReturnValue:
    """« À faire aujourd’hui »."""
    may_import = rights.may(current_clerk(), Right.IMPORT)
    return render_template(
        "town_hall/day.html",
        day=service.read(),
        today=today(),
        most=service.MOST,
        shown=service.SHOWN,
        form=UploadForm() if may_import else None,
        is_alone=rights.may(current_clerk(), Right.TEAM) and team.has_one_administrator(),
    )
