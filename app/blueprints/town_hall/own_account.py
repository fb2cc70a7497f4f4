"""« Mon compte »: a clerk's own name, password, code and browsers."""

from functools import partial

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.forms import ClerkPasswordForm, NameForm
from app.services.clerks import codes, password_choice, sessions, team, wishes
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import clerk_access
from app.web.clerk_access import TICKET, current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again
from app.web.new_passwords import SAVED

SHORTCUTS_ON = "Les raccourcis clavier sont activés."
SHORTCUTS_OFF = "Les raccourcis clavier sont désactivés."


@town_hall.get("/mairie/mon-compte")
@needs(Right.OWN_ACCOUNT)
def own_account() -> ResponseReturnValue:
    """« Mon compte »."""
    clerk = current_clerk()
    return render_template(
        "town_hall/own_account.html",
        clerk=team.colleague(clerk.public_id),
        browsers=sessions.browsers(clerk),
        spare_left=len(codes.spare(clerk)),
        shortcuts=clerk.shortcuts,
        mails=[
            (wishes.ABOUT[news], wishes.WHEN[told]) for news, told in wishes.read(clerk).items()
        ],
    )


@town_hall.route("/mairie/mon-compte/nom", methods=["GET", "POST"])
@needs(Right.OWN_ACCOUNT)
def change_name() -> ResponseReturnValue:
    """The name that families read beside an answer."""
    form = NameForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        team.rename(current_clerk(), current_clerk().public_id, form.name.data or "")
        flash("Nom enregistré.", "success")
        return redirect(url_for("town_hall.own_account"))
    form.name.data = form.name.data or current_clerk().name
    return render_template("town_hall/change_name.html", form=form)


@town_hall.route("/mairie/mon-compte/mot-de-passe", methods=["GET", "POST"])
@needs(Right.OWN_ACCOUNT, proof=True)
def change_password() -> ResponseReturnValue:
    """Another password; whoever has it signs in again."""
    clerk = current_clerk()
    form = ClerkPasswordForm(partial(password_choice.problems, clerk.email, clerk.name))
    if not form.is_submitted():
        return render_template("town_hall/change_password.html", form=form)
    if not form.validate():
        return show_again(form)
    try:
        password_choice.change(clerk, form.new_password.data)
    except Refusal as refused:
        form.new_password.errors = [str(refused)]
        return show_again(form)
    flash(SAVED, "success")
    return clerk_access.end_session(redirect(url_for("town_hall.sign_in")))


@town_hall.post("/mairie/mon-compte/second-facteur")
@needs(Right.OWN_ACCOUNT, proof=True)
@stands_on("town_hall.own_account")
def change_second_factor() -> ResponseReturnValue:
    """Have codes come from elsewhere; until that is chosen, the former way stays."""
    if stale := left_open():
        return stale
    session[TICKET] = codes.begin_choice(current_clerk())
    return redirect(url_for("town_hall.second_factor"))


@town_hall.post("/mairie/mon-compte/raccourcis")
@needs(Right.OWN_ACCOUNT)
@stands_on("town_hall.own_account")
def switch_shortcuts() -> ResponseReturnValue:
    """Have keys act by themselves, or not."""
    if stale := left_open():
        return stale
    flash(SHORTCUTS_ON if wishes.switch_shortcuts(current_clerk()) else SHORTCUTS_OFF, "success")
    return redirect(url_for("town_hall.own_account"))


@town_hall.post("/mairie/mon-compte/deconnecter")
@needs(Right.OWN_ACCOUNT)
@stands_on("town_hall.own_account")
def end_other_browsers() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    if stale := left_open():
        return stale
    sessions.end_others(current_clerk())
    flash("Les autres navigateurs sont déconnectés.", "success")
    return redirect(url_for("town_hall.own_account"))
