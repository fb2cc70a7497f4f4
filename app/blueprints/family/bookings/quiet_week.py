"""« Rien cette semaine, c’est voulu »: the link of a reminder."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.web.access import Audience, opens_to, origin


@family.route("/reservations/rien/<token>", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def quiet_week(token: str) -> ResponseReturnValue:
    """A button, as programs open links; the link itself is what lets it be pressed."""
    from app.services.bookings.reminders import quiet_weeks

    if request.method == "POST":
        quiet_weeks.let_be(token, origin())
        return redirect(url_for("family.quiet_week", token=token))
    return render_template(
        "family/bookings/quiet_week.html", week=quiet_weeks.linked(token), token=token
    )
