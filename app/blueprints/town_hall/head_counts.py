"""« Effectifs »: how many come each day of a week, for whoever cooks."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import spreadsheets
from app.blueprints.town_hall.blueprint import town_hall
from app.services.bookings import weeks
from app.services.bookings.head_counts import WeekHeads
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, send_made_file


@town_hall.get("/mairie/effectifs")
@needs(Right.EXPECTED)
def head_counts() -> ResponseReturnValue:
    """A week of a service."""
    return render_template("town_hall/head_counts.html", heads=_read())


@town_hall.get("/mairie/effectifs.csv")
@needs(Right.EXPECTED)
def head_counts_file() -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    found = _read() or abort(404)
    name = f"Effectifs {found.service.name} {weeks.name_of_week(found.monday)}"
    return send_made_file(spreadsheets.table(*found.table()), CSV, name)


def _read() -> WeekHeads | None:
    # Looked at once a week.
    from app.services.bookings import head_counts as service

    named = request.args.get("semaine", "")
    monday = weeks.monday_of(named) if named else weeks.this_monday()
    with_health = rights.may(current_clerk(), Right.DIETS)
    try:
        return service.read(
            monday or abort(404), request.args.get("service", ""), with_health=with_health
        )
    except Refusal:
        abort(404)
