"""« Santé et régime » of a child: a few words for whoever feeds and minds them."""

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.booking_kinds import HealthKind
from app.calendar import school_years
from app.formats import today
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall.family_file import opening
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import read_day
from app.web.forms import left_open, show_again

if TYPE_CHECKING:
    from app.blueprints.town_hall.health_forms import MarkForm

SAVED = "Noté. Cela se lit sur la liste de chaque service où l’enfant vient."
REMOVED = "Retiré."


@town_hall.route(
    "/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/sante", methods=["GET", "POST"]
)
@needs(Right.HEALTH)
def child_health(family_id: int, public_id: str) -> ResponseReturnValue:
    """What is known, and the form to say more."""
    # Few children have any: whoever writes of one loads it.
    from app.blueprints.town_hall.health_forms import MarkForm
    from app.services.families import health as service

    found = service.of_child(family_id, public_id)
    if found is None:
        abort(404)
    form = MarkForm(data={"until": school_years.of(today()).last_day.isoformat()})
    if form.is_submitted():
        return _write(family_id, public_id, form)
    opening.ensure(current_clerk(), family_id)
    return render_template(
        "town_hall/health.html",
        form=form,
        found=found,
        family_id=family_id,
        public_id=public_id,
        today=today(),
    )


@town_hall.post(
    "/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/sante/<int:number>/retirer"
)
@needs(Right.HEALTH)
@stands_on("town_hall.child_health")
def remove_health(family_id: int, public_id: str, number: int) -> ResponseReturnValue:
    """Take one away."""
    from app.services.families import health as service

    if stale := left_open():
        return stale
    try:
        service.remove(family_id, public_id, number, current_clerk())
    except Refusal:
        abort(404)
    flash(REMOVED, "success")
    return redirect(url_for("town_hall.child_health", family_id=family_id, public_id=public_id))


def _write(family_id: int, public_id: str, form: "MarkForm") -> ResponseReturnValue:
    from app.services.families import health as service

    if not form.validate():
        return show_again(form)
    until = read_day(form.until.data or "")
    assert until is not None
    kind, words = HealthKind(form.kind.data), form.words.data or ""
    try:
        service.write(family_id, public_id, kind, words, until, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(SAVED, "success")
    return redirect(url_for("town_hall.child_health", family_id=family_id, public_id=public_id))
