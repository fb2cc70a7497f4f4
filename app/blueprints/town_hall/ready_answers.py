"""« Modèles de réponse »: what the town hall has ready to say."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.request_forms import ReadyAnswerForm
from app.services.accounts.drafts import Draft
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.requests import ready_answers as service
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, owner, show_again

KEPT = "Modèle enregistré."
TAKEN_OVER = "Ces modèles sont maintenant ceux de la commune\u00a0: changez-les à votre gré."
REMOVED = "Modèle supprimé. Pour le remettre, enregistrez-le de nouveau, plus bas."


@town_hall.route("/mairie/modeles", methods=["GET", "POST"])
@needs(Right.READY_ANSWERS)
def ready_answers() -> ResponseReturnValue:
    """Those that there are; and the form of a new one."""
    form = ReadyAnswerForm()
    if form.is_submitted():
        return _write(None, form)
    listed = service.listed()
    return render_template(
        "town_hall/ready_answers.html",
        form=form,
        listed=listed,
        shipped=listed[0].is_shipped,
        blanks=service.BLANKS,
    )


@town_hall.post("/mairie/modeles/reprendre")
@needs(Right.READY_ANSWERS)
@stands_on("town_hall.ready_answers")
def take_ready_answers_over() -> ResponseReturnValue:
    """« Reprendre ces modèles »."""
    if stale := left_open():
        return stale
    try:
        service.take_over(current_clerk())
        flash(TAKEN_OVER, "success")
    except Refusal as refused:
        flash(str(refused), "info")
    return redirect(url_for("town_hall.ready_answers"))


@town_hall.route("/mairie/modeles/<int:number>", methods=["GET", "POST"])
@needs(Right.READY_ANSWERS)
def ready_answer(number: int) -> ResponseReturnValue:
    """One of them, to be changed."""
    found = service.find(number)
    if found is None:
        abort(404)
    form = ReadyAnswerForm(data=found._asdict())
    if form.is_submitted():
        return _write(number, form)
    return render_template(
        "town_hall/ready_answer.html", form=form, found=found, blanks=service.BLANKS
    )


@town_hall.post("/mairie/modeles/<int:number>/supprimer")
@needs(Right.READY_ANSWERS)
@stands_on("town_hall.ready_answer")
def remove_ready_answer(number: int) -> ResponseReturnValue:
    """Remove one; its text waits in the form of a new one."""
    if stale := left_open():
        return stale
    found = service.find(number)
    page = url_for("town_hall.ready_answers")
    if found is not None:
        service.remove(number, current_clerk())
        kept = {"kind": [found.kind], "name": [found.name], "text": [found.text]}
        drafts.keep(owner(), page, Draft(kept))
        flash(REMOVED, "success")
    return redirect(page)


def _write(number: int | None, form: ReadyAnswerForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    said = form.kind.data or "", form.name.data or "", form.text.data or ""
    try:
        service.write(number, *said, current_clerk())
    except Refusal as refused:
        form.form_errors.append(str(refused))
        return show_again(form)
    flash(KEPT, "success")
    return redirect(url_for("town_hall.ready_answers"))
