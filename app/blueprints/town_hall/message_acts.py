"""What is done with a message that families have: answer, remind, correct, take back."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.message_forms import AnswerForm, CorrectionForm
from app.blueprints.town_hall.messages import found_line, right_for
from app.formats import plural
from app.services.clerks.rights import Right
from app.services.inbox import desk, following, withdrawing
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, must, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again

ANSWERED = "Votre réponse est dans sa boîte de réception."
SAME = "Cette réponse est déjà envoyée\u00a0: rien n’est fait de plus."
CORRECTED = "Corrigé. Les familles lisent maintenant ce texte, avec la date de la correction."
UNCHANGED = "Rien n’a changé."
THROWN_AWAY = "Brouillon jeté."
WITHDRAWN = "Retiré\u00a0: plus aucune famille ne le voit."
NO_MAIL = "Aucun courriel à envoyer\u00a0: ceux qui n’ont pas ouvert n’en veulent pas."


@town_hall.post("/mairie/messages/<int:number>/repondre")
@needs(Right.WRITE)
@stands_on("town_hall.message")
def answer_message(number: int) -> ResponseReturnValue:
    """Answer one family in its thread."""
    must(right_for(found_line(number)))
    form = AnswerForm()
    if not form.validate():
        return show_again(form)
    try:
        answered = desk.answer(number, form.family.data or 0, form.text.data or "", current_clerk())
    except Refusal as refused:
        form.text.errors = [str(refused)]
        return show_again(form)
    flash(ANSWERED if answered else SAME, "success")
    return redirect(url_for("town_hall.message", number=number))


@town_hall.post("/mairie/messages/<int:number>/relancer")
@needs(Right.WRITE)
@stands_on("town_hall.message")
def remind_message(number: int) -> ResponseReturnValue:
    """« Relancer ceux qui n’ont pas ouvert »."""

    def remind() -> str:
        count = following.remind(number, current_clerk())
        return f"{plural(count, 'rappel part', 'rappels partent')}." if count else NO_MAIL

    return _done(number, remind)


@town_hall.route("/mairie/messages/<int:number>/corriger", methods=["GET", "POST"])
@needs(Right.WRITE)
def correct_message(number: int) -> ResponseReturnValue:
    """« Corriger »: other words in the same message."""
    line = found_line(number)
    must(right_for(line))
    if line.unsent or line.withdrawn_at or not line.acted_by:
        abort(404)
    form = CorrectionForm()
    if not form.is_submitted():
        if not form.body.data and not form.errors:
            found = desk.find(number)
            form.subject.data, form.body.data = found.subject, found.body
        return render_template("town_hall/message_correction.html", form=form, line=line)
    if not form.validate():
        return show_again(form)
    said = following.correct(number, form.subject.data or "", form.body.data or "", current_clerk())
    flash(CORRECTED if said else UNCHANGED, "success" if said else "info")
    return redirect(url_for("town_hall.message", number=number))


@town_hall.post("/mairie/messages/<int:number>/retirer")
@needs(Right.WRITE)
@stands_on("town_hall.message")
def withdraw_message(number: int) -> ResponseReturnValue:
    """Take it back from every family; a draft is thrown away."""
    unsent = found_line(number).unsent

    def withdraw() -> str:
        withdrawing.withdraw(number, current_clerk())
        return THROWN_AWAY if unsent else WITHDRAWN

    return _done(number, withdraw, url_for("town_hall.messages") if unsent else "")


def _done(number: int, act: Callable[[], str], then: str = "") -> Response:
    if stale := left_open():
        return stale
    must(right_for(found_line(number)))
    try:
        flash(act(), "success")
    except Refusal as refused:
        flash(str(refused), "info")
        then = ""
    return redirect(then or url_for("town_hall.message", number=number))
