"""« Places exceptionnelles »: what families ask for past the limit; giving it, or telling why not.

A place is given as its request is accepted, from whatever page: this one shows what that does.
"""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.answering import MAIL_WAITS, NO_MAIL
from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.request_forms import SeenForm
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.services.requests import desk
from app.services.requests.desk import Done
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import TextField
from app.web.forms import left_open, show_again

GIVEN = "C’est réservé, avec ce qui va avec."
REFUSED = "Demande refusée."


class RefusalForm(SeenForm):
    """Why not."""

    reason = TextField("Raison", desk.LONGEST_TEXT, "Dites pourquoi\u00a0: la famille le lit.")


@town_hall.get("/mairie/exceptions")
@needs(Right.SERVICES)
def late_places() -> ResponseReturnValue:
    """What waits for an answer."""
    from app.services.requests import late_places as service

    return render_template("town_hall/late_places.html", asked=service.asked())


@town_hall.get("/mairie/exceptions/<int:number>")
@needs(Right.SERVICES)
def late_place(number: int) -> ResponseReturnValue:
    """One request: each of its days as it stands, what it costs."""
    from app.services.bookings.exceptional import granting
    from app.services.requests import late_places as service

    found = service.find(number)
    if found is None:
        return redirect(url_for("town_hall.request", number=number))
    try:
        looked, why_not = granting.look(found.family_id, found.boxes), ""
    except Refusal as refused:
        looked, why_not = [], refused.sentence
    return render_template(
        "town_hall/late_place.html",
        found=found,
        looked=looked,
        why_not=why_not,
        form=RefusalForm(data={"seen": found.seen}),
    )


@town_hall.post("/mairie/exceptions/<int:number>/accepter")
@needs(Right.SERVICES)
@stands_on("town_hall.late_place")
def give_late_place(number: int) -> ResponseReturnValue:
    """« Accepter et réserver »."""
    form = SeenForm()
    if stale := left_open():
        return stale
    try:
        done = desk.accept(number, "", current_clerk(), seen=form.seen.data)
    except Refusal as refused:
        return _said_no(number, refused)
    return _went_well(number, done, GIVEN)


@town_hall.post("/mairie/exceptions/<int:number>/refuser")
@needs(Right.SERVICES)
@stands_on("town_hall.late_place")
def refuse_late_place(number: int) -> ResponseReturnValue:
    """« Refuser », with a reason that the family reads."""
    form = RefusalForm()
    if not form.validate():
        return show_again(form)
    try:
        done = desk.refuse(number, form.reason.data or "", current_clerk(), seen=form.seen.data)
    except Refusal as refused:
        return _said_no(number, refused)
    return _went_well(number, done, REFUSED)


def _went_well(number: int, done: Done, words: str) -> Response:
    said = {
        "text": f"{words} {MAIL_WAITS if done.mailed else NO_MAIL}",
        "undo": url_for("town_hall.undo_answer", number=number, event_id=done.event_id),
    }
    # See components/banner.html.
    flash(said, "success")  # type: ignore[arg-type]
    return redirect(url_for("town_hall.late_places"))


def _said_no(number: int, refused: Refusal) -> Response:
    flash(refused.sentence, "info")
    if refused.reason is Reason.CLOSED:
        return redirect(url_for("town_hall.late_places"))
    return redirect(url_for("town_hall.late_place", number=number))
