"""« Places proposées »: what is kept for the family, to take or to leave in one press."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.booking_forms import WeekForm
from app.web.forms import show_again
from app.web.site_map import labelled

LEFT = "Vous avez laissé cette place. Elle va à la famille suivante."


@family.route("/reservations/places-proposees", methods=["GET", "POST"])
@labelled("Places proposées")
def offered_places() -> ResponseReturnValue:
    """Each with until when it is kept."""
    from app.services.bookings.waiting_list import kept_places

    form = WeekForm()
    if form.is_submitted():
        return _answer(form)
    return render_template(
        "family/bookings/offered.html",
        form=form,
        kept=kept_places.of_family(current_account().family_id),
    )


def _answer(form: WeekForm) -> ResponseReturnValue:
    from app.services.bookings.waiting_list import kept_places

    if not form.validate():
        return show_again(form)
    try:
        saved = kept_places.answer(current_account(), form.boxes, form.sending_key.data)
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(url_for("family.offered_places"))
    if saved.refused:
        flash(saved.refused[0].whole_sentence, "info")
    elif not form.case.data:
        flash(LEFT, "success")
    else:
        return redirect(url_for("family.bookings_saved", public_id=saved.public_id))
    return redirect(url_for("family.offered_places"))
