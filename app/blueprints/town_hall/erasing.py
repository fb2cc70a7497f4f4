"""« Effacer ses données »: what goes and what stays, a day before it is done."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.helping_forms import ErasingForm
from app.services.clerks.rights import Right
from app.services.erasure import preview
from app.services.refusals import Refusal
from app.services.requests import erasures
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again

PLANNED = "Ce sera fait {}. Jusque-là, vous pouvez y renoncer ici."
NOT_ITS_NUMBER = "Ce n’est pas le numéro de cette famille\u00a0: tapez {}."
KEPT = "L’effacement est annulé\u00a0: les données de la famille restent."


@town_hall.route("/mairie/familles/<int:family_id>/effacer", methods=["GET", "POST"])
@needs(Right.ERASE, proof=True)
def erase_family(family_id: int) -> ResponseReturnValue:
    """What erasing would take and leave; its number is typed before it is planned."""
    outlook = erasures.outlook(family_id)
    if outlook is None:
        abort(404)
    form = ErasingForm()
    if not form.is_submitted():
        return render_template(
            "town_hall/erase_family.html",
            form=form,
            outlook=outlook,
            family_id=family_id,
            preview=preview.of_family(family_id),
        )
    if not form.validate():
        return show_again(form)
    if form.number.data != outlook.number:
        form.number.errors = [NOT_ITS_NUMBER.format(outlook.number)]
        return show_again(form)
    try:
        flash(PLANNED.format(erasures.plan_now(family_id, current_clerk())), "success")
    except Refusal as refused:
        flash(refused.sentence, "info")
    return redirect(url_for("town_hall.erase_family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/effacer/annuler")
@needs(Right.ERASE)
@stands_on("town_hall.erase_family")
def keep_family(family_id: int) -> ResponseReturnValue:
    """Keep them after all."""
    if stale := left_open():
        return stale
    try:
        erasures.cancel_now(family_id, current_clerk())
        flash(KEPT, "success")
    except Refusal as refused:
        flash(refused.sentence, "info")
    return redirect(url_for("town_hall.family", family_id=family_id))
