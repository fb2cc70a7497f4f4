"""A month, to read and to print."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.web.access import current_account


@family.get("/reservations/mois/<month>")
def bookings_month(month: str) -> ResponseReturnValue:
    """What each child has on each day; its weeks are where it is changed."""
    from app.services.bookings import months

    first = months.first_of(month)
    if first is None:
        abort(404)
    return render_template(
        "family/bookings/month.html", month=months.read(current_account().family_id, first)
    )
