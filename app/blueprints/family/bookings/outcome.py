"""What became of a week that was saved, day by day."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.bookings import outcomes
from app.web.access import current_account


@family.get("/reservations/enregistrement/<opaque:public_id>")
def bookings_saved(public_id: str) -> ResponseReturnValue:
    """Booked, given back, on a waiting list, missed: to read again, or to print."""
    found = outcomes.of(current_account().family_id, public_id)
    if found is None:
        abort(404)
    return render_template("family/bookings/saved.html", outcome=found)
