"""« Qui peut entrer ? »: who has come, and who is to be invited, reminded, written to on paper."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.town_hall import coming
from app.web import printing
from app.web.clerk_access import needs


@town_hall.get("/mairie/acces")
@needs(Right.FAMILIES)
def who_comes() -> ResponseReturnValue:
    """How many, in all and by school; then each list, with what sees to it."""
    return render_template(
        "town_hall/who_comes.html", coming=coming.read(), printing=printing.available()
    )
