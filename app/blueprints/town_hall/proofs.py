"""« Justificatifs d’absence »: why children did not come, and what comes of it."""

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import near_moment
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import SentenceField
from app.web.files import send_stored_file
from app.web.forms import Form, left_open, show_again

if TYPE_CHECKING:
    from app.services.bookings.proofs.desk import DeskProof

ACCEPTED = "Accepté\u00a0: ces jours ne sont pas dus. Le message à la famille part {}."
REFUSED = "Refusé. Le message à la famille part {}."
LONGEST_REASON = 200


class RefusalForm(Form):
    """Why not."""

    reason = SentenceField("Motif", LONGEST_REASON, "Dites pourquoi\u00a0: la famille le lit.")


@town_hall.get("/mairie/justificatifs")
@needs(Right.PROOFS)
def absence_proofs() -> ResponseReturnValue:
    """Those that wait, then those that were answered and are still kept."""
    from app.services.bookings.proofs import desk

    return render_template("town_hall/absence_proofs.html", desk=desk.read())


@town_hall.get("/mairie/justificatifs/<opaque:public_id>")
@needs(Right.PROOFS)
def absence_proof(public_id: str) -> ResponseReturnValue:
    """One of them."""
    return render_template(
        "town_hall/absence_proof.html", found=_found(public_id), form=RefusalForm()
    )


@town_hall.get("/mairie/justificatifs/<opaque:public_id>/fichier")
@needs(Right.PROOFS)
def absence_proof_file(public_id: str) -> ResponseReturnValue:
    """The paper itself, shown where the browser can; the journal keeps who opened it."""
    from app.services.bookings.proofs import desk

    found = _found(public_id)
    if opens_page():
        desk.note_opening(found, current_clerk())
    return send_stored_file(found.found_file, inline=True)


@town_hall.post("/mairie/justificatifs/<opaque:public_id>/accepter")
@needs(Right.PROOFS)
@stands_on("town_hall.absence_proof")
def accept_absence_proof(public_id: str) -> ResponseReturnValue:
    """« Accepter »."""
    from app.services.bookings.proofs import desk

    if stale := left_open():
        return stale
    try:
        due_at = desk.accept(_found(public_id), current_clerk())
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(ACCEPTED.format(near_moment(due_at)), "success")
    return redirect(url_for("town_hall.absence_proofs"))


@town_hall.post("/mairie/justificatifs/<opaque:public_id>/refuser")
@needs(Right.PROOFS)
@stands_on("town_hall.absence_proof")
def refuse_absence_proof(public_id: str) -> ResponseReturnValue:
    """« Refuser », which the family reads."""
    from app.services.bookings.proofs import desk

    form, found = RefusalForm(), _found(public_id)
    if not form.validate():
        return show_again(form)
    try:
        due_at = desk.refuse(found, form.reason.data or "", current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(REFUSED.format(near_moment(due_at)), "success")
    return redirect(url_for("town_hall.absence_proofs"))


def _found(public_id: str) -> "DeskProof":
    from app.services.bookings.proofs import desk

    return desk.find(public_id) or abort(404)
