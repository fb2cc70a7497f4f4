"""« Fermer »: a strike, some snow. Who is concerned is shown first; families are written to.

What does it is loaded when it is asked for: a town closes ten times a year.
"""

from functools import partial
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import typed_text
from app.blueprints.town_hall.blueprint import town_hall
from app.formats import near_moment, plural
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import show_again
from app.web.reading_over import take

if TYPE_CHECKING:
    from app.blueprints.town_hall.closing_forms import ClosingForm
    from app.services.bookings.closings.closing_moves import Changed

CLOSED = "C’est fermé."
CLOSES = (
    "C’est fermé\u00a0: plus personne n’y réserve. Ce qui était réservé est retiré en ce moment, "
    "puis le message aux familles part."
)
OPENS = "C’est de nouveau ouvert. Chacun retrouve ses réservations dans les minutes qui viennent."
LEAVES = "Le message aux familles part {}."
NOBODY = "Personne n’avait réservé\u00a0: aucun message ne part."
OPEN = "C’est de nouveau ouvert."
NOT_SENT = "Le message de fermeture n’était pas parti\u00a0: personne ne le lira."


@town_hall.route("/mairie/fermer", methods=["GET", "POST"])
@needs(Right.SERVICES)
def closings() -> ResponseReturnValue:
    """What to close, then who is concerned; and what was closed before."""
    from app.blueprints.town_hall.closing_forms import ClosingForm
    from app.services.bookings.closings import closing_list

    form = ClosingForm(data=_led_to())
    form.offer()
    if form.is_submitted():
        return take(form, partial(_close, form), partial(_preview, form))
    if drafts.step() == drafts.CHECK and form.is_ready():
        return _check(form)
    return render_template("town_hall/closings.html", form=form, closings=closing_list.latest())


def _led_to() -> dict[str, str | list[str]]:
    """Fill the form with the days that the calendar leads here with."""
    asked = request.args
    return {
        "service": asked.get("services", "").split(),
        "first": asked.get("du", ""),
        "last": asked.get("au", ""),
        "reason": asked.get("motif", ""),
    }


@town_hall.get("/mairie/fermer/<opaque:public_id>")
@needs(Right.SERVICES)
def closing_page(public_id: str) -> ResponseReturnValue:
    """One of them, which may be undone."""
    from app.blueprints.town_hall.closing_forms import OpeningForm
    from app.services.bookings.closings import closing_list

    found = closing_list.find(public_id) or abort(404)
    return render_template("town_hall/closing.html", found=found, form=OpeningForm())


@town_hall.post("/mairie/fermer/<opaque:public_id>/rouvrir")
@needs(Right.SERVICES)
@stands_on("town_hall.closing_page")
def open_again(public_id: str) -> ResponseReturnValue:
    """Open what it closed, from today on."""
    from app.blueprints.town_hall.closing_forms import OpeningForm
    from app.services.bookings.closings import closing, closing_list
    from app.services.bookings.closings.closing_work import WHILE_ONE_WAITS

    form = OpeningForm()
    if not form.validate():
        return show_again(form)
    _ = closing_list.find(public_id) or abort(404)
    try:
        more = form.text.data or ""
        changed = closing.undo(public_id, current_clerk(), more, WHILE_ONE_WAITS)
    except Refusal as refused:
        flash(refused.sentence, "info")
        return redirect(url_for("town_hall.closing_page", public_id=public_id))
    flash(_opened(changed), "success")
    return redirect(url_for("town_hall.closing_page", public_id=public_id))


def _opened(changed: "Changed") -> str:
    if not changed.is_over:
        return OPENS
    back = plural(
        changed.children,
        "enfant retrouve ses réservations",
        "enfants retrouvent leurs réservations",
    )
    words = [OPEN, *([f"{back}."] if changed.bookings else [])]
    if changed.due_at:
        words.append(LEAVES.format(near_moment(changed.due_at)))
    elif changed.bookings:
        words.append(NOT_SENT)
    return " ".join(words)


def _preview(form: "ClosingForm") -> "Changed":
    from app.services.bookings.closings import closing

    return closing.preview(form.extent)


def _check(form: "ClosingForm") -> ResponseReturnValue:
    from app.services.bookings.closings import closing, closing_letters

    try:
        changed = _preview(form)
    except Refusal:
        return redirect(url_for("town_hall.closings"))
    reason = typed_text.reason(form.reason.data or "", closing.LONGEST_REASON)
    return render_template(
        "town_hall/closing_check.html",
        form=form,
        changed=changed,
        letter=closing_letters.of_closing(changed, reason, form.text.data or ""),
    )


def _close(form: "ClosingForm") -> ResponseReturnValue:
    from app.services.bookings.closings import closing
    from app.services.bookings.closings.closing_work import WHILE_ONE_WAITS

    by, reason, text = current_clerk(), form.reason.data or "", form.text.data or ""
    changed = closing.close(form.extent, reason, by, text, WHILE_ONE_WAITS)
    told = LEAVES.format(near_moment(changed.due_at)) if changed.due_at else NOBODY
    flash(f"{CLOSED} {told}" if changed.is_over else CLOSES, "success")
    return redirect(url_for("town_hall.closing_page", public_id=changed.public_id))
