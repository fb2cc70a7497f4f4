"""« Me prévenir »: a family asks to be told when the bookings of a service open.

What does it is loaded when it is asked for: a service opens once a year.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.forms import left_open

ASKED = "C’est noté\u00a0: un courriel vous le dira à l’ouverture."
UNASKED = "C’est noté\u00a0: aucun courriel ne partira."
OPEN = "Les réservations sont ouvertes."


@family.get("/reservations/ouverture/<slug>")
def opening(slug: str) -> ResponseReturnValue:
    """When it opens, and the button; the bookings, once they are open."""
    from app.services.bookings import openings

    found = openings.find(current_account().family_id, slug)
    if found is None:
        return redirect(url_for("family.bookings"))
    return render_template(
        "family/bookings/opening.html",
        opening=found,
        is_asked=openings.is_asked(current_account(), found),
    )


@family.post("/reservations/ouverture/<slug>/prevenir")
@stands_on("family.opening")
def ask_of_opening(slug: str) -> ResponseReturnValue:
    """Have oneself told, or not after all."""
    from app.services.bookings import openings

    if stale := left_open():
        return stale
    found = openings.find(current_account().family_id, slug)
    if found is None:
        flash(OPEN, "info")
        return redirect(url_for("family.bookings"))
    if request.form.get("answer") == "non":
        openings.call_off(current_account(), found)
        flash(UNASKED, "success")
    else:
        openings.ask(current_account(), found)
        flash(ASKED, "success")
    return redirect(url_for("family.opening", slug=slug))
