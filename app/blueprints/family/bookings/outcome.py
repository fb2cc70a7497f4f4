"""What became of a week that was saved, day by day."""

from typing import TYPE_CHECKING

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.bookings import outcomes
from app.web.access import current_account

if TYPE_CHECKING:
    from app.services.bookings.proofs.missed import Missed


@family.get("/reservations/enregistrement/<opaque:public_id>")
def bookings_saved(public_id: str) -> ResponseReturnValue:
    """Booked, given back, on a waiting list, missed: to read again, or to print."""
    family_id = current_account().family_id
    found = outcomes.of(family_id, public_id)
    if found is None:
        abort(404)
    missed: list[Missed] = []
    if found.is_absence:
        from app.services.bookings.proofs.missed import of_batch

        missed = of_batch(family_id, public_id)
    return render_template("family/bookings/saved.html", outcome=found, missed=missed)
