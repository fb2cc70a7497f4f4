"""« Listes d’attente »: who waits for a place, in order; giving one, or telling why not."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import near_moment
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import SentenceField
from app.web.forms import Form, left_open, show_again

GIVEN = "{} a une place. Un courriel le dit à la famille."
LONGEST_REASON = 200
REFUSED = "{} n’attend plus. Le message à la famille part {}."


class RefusalForm(Form):
    """Why not."""

    reason = SentenceField("Motif", LONGEST_REASON, "Dites pourquoi\u00a0: la famille le lit.")


@town_hall.get("/mairie/attente")
@needs(Right.SERVICES)
def waiting_lists_page() -> ResponseReturnValue:
    """Day by day, service by service."""
    from app.services.bookings.waiting_list import waiting_lists

    return render_template("town_hall/waiting_lists.html", queues=waiting_lists.queues())


@town_hall.get("/mairie/attente/<opaque:public_id>")
@needs(Right.SERVICES)
def waiter(public_id: str) -> ResponseReturnValue:
    """One child's day."""
    from app.services.bookings.waiting_list import waiting_lists

    found = waiting_lists.find(public_id) or abort(404)
    return render_template("town_hall/waiter.html", found=found, form=RefusalForm())


@town_hall.post("/mairie/attente/<opaque:public_id>/donner")
@needs(Right.SERVICES)
@stands_on("town_hall.waiter")
def give_place(public_id: str) -> ResponseReturnValue:
    """« Donner la place »."""
    from app.services.bookings.waiting_list import answering_waiters, waiting_lists

    if stale := left_open():
        return stale
    found = waiting_lists.find(public_id)
    try:
        answering_waiters.give(public_id, current_clerk())
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(GIVEN.format(found.child if found else ""), "success")
    return redirect(url_for("town_hall.waiting_lists_page"))


@town_hall.post("/mairie/attente/<opaque:public_id>/refuser")
@needs(Right.SERVICES)
@stands_on("town_hall.waiter")
def refuse_place(public_id: str) -> ResponseReturnValue:
    """« Refuser », which the family reads."""
    from app.services.bookings.waiting_list import answering_waiters, waiting_lists

    form = RefusalForm()
    if not form.validate():
        return show_again(form)
    found = waiting_lists.find(public_id)
    if found is None:
        flash(answering_waiters.NO_MORE, "info")
        return redirect(url_for("town_hall.waiting_lists_page"))
    try:
        due_at = answering_waiters.refuse(found, form.reason.data or "", current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(REFUSED.format(found.child, near_moment(due_at)), "success")
    return redirect(url_for("town_hall.waiting_lists_page"))
