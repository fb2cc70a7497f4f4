"""What the town hall changes of a family's file itself: its notes, a child who is not theirs."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.helping_forms import NoteForm, TakingOutForm
from app.services.clerks.rights import Right
from app.services.families import keeping_out, lookup, notes
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again

TAKEN_OUT = "{} n’est plus dans cette famille. Si votre logiciel l’y remet, l’import le dira."
PUT_BACK = "{} est de nouveau dans cette famille."


@town_hall.post("/mairie/familles/<int:family_id>/notes")
@needs(Right.CHANGE_FILES)
@stands_on("town_hall.family")
def write_note(family_id: int) -> ResponseReturnValue:
    """Write a note down."""
    if not lookup.exists(family_id):
        abort(404)
    form = NoteForm()
    if not form.validate():
        return show_again(form)
    notes.write(family_id, form.note.data or "", current_clerk())
    flash("Note ajoutée.", "success")
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/notes/<int:number>/retirer")
@needs(Right.CHANGE_FILES)
@stands_on("town_hall.family")
def remove_note(family_id: int, number: int) -> ResponseReturnValue:
    """Take a note away."""
    if stale := left_open():
        return stale
    if not notes.remove(family_id, number, current_clerk()):
        abort(404)
    flash("Note retirée.", "success")
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/retirer")
@needs(Right.CHANGE_FILES)
@stands_on("town_hall.family")
def take_child_out(family_id: int, public_id: str) -> ResponseReturnValue:
    """Show a child to this family no more, at once."""
    form = TakingOutForm()
    if not form.validate():
        flash(next(iter(form.reason.errors), None) or form.form_errors[0], "info")
        return redirect(url_for("town_hall.family", family_id=family_id))
    try:
        name = keeping_out.take_out_for(
            family_id, public_id, form.reason.data or "", current_clerk()
        )
    except Refusal:
        abort(404)
    undo = url_for("town_hall.put_child_back", family_id=family_id, public_id=public_id)
    flash({"text": TAKEN_OUT.format(name), "undo": undo}, "success")  # type: ignore[arg-type]
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/remettre")
@needs(Right.CHANGE_FILES)
@stands_on("town_hall.family")
def put_child_back(family_id: int, public_id: str) -> ResponseReturnValue:
    """Undo it."""
    if stale := left_open():
        return stale
    try:
        name = keeping_out.put_back_for(family_id, public_id, current_clerk())
    except Refusal:
        abort(404)
    flash(PUT_BACK.format(name), "success")
    return redirect(url_for("town_hall.family", family_id=family_id))
