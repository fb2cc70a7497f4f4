"""« Liste d’attente »: what the family waits for, and leaving it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.booking_forms import WeekForm
from app.web.forms import show_again
from app.web.site_map import labelled

LEFT = "Vous n’attendez plus cette place."


@family.route("/reservations/attente", methods=["GET", "POST"])
@labelled("Liste d’attente")
def bookings_awaited() -> ResponseReturnValue:
    """Rank, since when, until when it may still come."""
    from app.services.bookings.waiting_list import awaited

    form = WeekForm()
    if form.is_submitted():
        return _leave(form)
    return render_template(
        "family/bookings/awaited.html",
        form=form,
        awaited=awaited.of_family(current_account().family_id),
    )


def _leave(form: WeekForm) -> ResponseReturnValue:
    from app.services.bookings.waiting_list import awaited

    if not form.validate():
        return show_again(form)
    try:
        awaited.leave(current_account(), form.boxes, form.sending_key.data)
    except Refusal as refused:
        form.sending_key.renew()
        form.form_errors.append(str(refused))
        return show_again(form)
    flash(LEFT, "success")
    return redirect(url_for("family.bookings_awaited"))
