"""« Équipe »: who signs in at the town hall, and what each may do."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.forms import InvitationForm, RolesForm
from app.paging import Page
from app.services.clerks import rights, team
from app.services.clerks.rights import Right
from app.services.clerks.team import Colleague
from app.services.refusals import Refusal
from app.services.requests import desk_listing
from app.web import lists
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again
from app.web.lists import Column

STILL_HOLDS = (
    "{} ne répond plus aux demandes, et en a encore\u00a0: confiez-les à quelqu’un d’autre."
)
INVITED = "Invitation envoyée à {}. Le lien est valable 72 heures."
COLUMNS = [Column(each) for each in ("Nom", "Rôles", "Adresse", "Accès")]
ACTS = {
    "reinitialiser": (
        team.reset,
        "{} choisira de nouveau son mot de passe et son code\u00a0: un lien part par courriel.",
    ),
    "fermer": (team.close, "L’accès de {} est fermé."),
    "rouvrir": (team.reopen, "L’accès de {} est rouvert\u00a0: un lien part par courriel."),
}


@town_hall.route("/mairie/reglages/equipe", methods=["GET", "POST"])
@needs(Right.TEAM, proof=True)
def colleagues() -> ResponseReturnValue:
    """Who has an access; and the form that gives one."""
    from app.services.clerks import serving

    form = InvitationForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            team.invite(
                current_clerk(),
                form.email.data or "",
                form.name.data or "",
                form.roles.data or (),
                form.services.data or (),
            )
        except Refusal as refused:
            form.form_errors.append(str(refused))
            return show_again(form)
        flash(INVITED.format(form.email.data), "success")
        return redirect(url_for("town_hall.colleagues"))
    found = team.colleagues()
    form.offer(serving.choices())
    return render_template(
        "town_hall/team.html",
        form=form,
        listing=lists.read(COLUMNS),
        # All of them: a town hall has few.
        colleagues=Page(found, 1, len(found), len(found)),
        served=serving.of_everybody(),
        words=rights.IN_FRENCH,
    )


@town_hall.route("/mairie/reglages/equipe/<opaque:public_id>", methods=["GET", "POST"])
@needs(Right.TEAM, proof=True)
def colleague(public_id: str) -> ResponseReturnValue:
    """One of them: their roles, and what may be done about their access."""
    from app.services.clerks import serving

    who = _somebody(public_id)
    form = RolesForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            team.change_roles(
                current_clerk(), public_id, form.roles.data or (), form.services.data or ()
            )
        except Refusal as refused:
            form.form_errors.append(str(refused))
            return show_again(form)
        flash(f"Rôles de {who.name} enregistrés.", "success")
        if _holds_what_they_may_not_answer(public_id):
            flash(STILL_HOLDS.format(who.name), "info")
            return redirect(url_for("town_hall.colleague", public_id=public_id))
        return redirect(url_for("town_hall.colleagues"))
    served = serving.of_one(public_id)
    form.offer(serving.choices(served))
    if not form.roles.data and not form.errors:
        form.roles.data = [role.value for role in who.roles]
        form.services.data = [each.slug for each in served]
    return render_template(
        "town_hall/colleague.html",
        form=form,
        who=who,
        held=desk_listing.held_by(public_id),
    )


@town_hall.post("/mairie/reglages/equipe/<opaque:public_id>/<act>")
@needs(Right.TEAM, proof=True)
@stands_on("town_hall.colleague")
def change_access(public_id: str, act: str) -> ResponseReturnValue:
    """Have a password and a code chosen anew, close an access, open it again."""
    who = _somebody(public_id)
    if act not in ACTS:
        abort(404)
    change, done = ACTS[act]
    if stale := left_open():
        return stale
    try:
        change(current_clerk(), public_id)
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(url_for("town_hall.colleague", public_id=public_id))
    flash(done.format(who.name), "success")
    return redirect(url_for("town_hall.colleagues"))


def _holds_what_they_may_not_answer(public_id: str) -> bool:
    return not _somebody(public_id).may(Right.ANSWER) and desk_listing.held_by(public_id) > 0


def _somebody(public_id: str) -> Colleague:
    found = team.colleague(public_id)
    if found is None:
        abort(404)
    return found
