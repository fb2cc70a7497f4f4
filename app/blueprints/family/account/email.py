"""The parent's own e-mail address: asked, confirmed by a link, cancelled."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.account.forms import EmailForm
from app.blueprints.family.blueprint import family
from app.services.accounts import email_changes
from app.web.access import Audience, current_account, opens_to, origin
from app.web.drafts import stands_on
from app.web.forms import EmptyForm, left_open, show_again
from app.web.site_map import labelled

SENT = "Un courriel vient de partir. Ouvrez le lien qu’il contient pour confirmer votre adresse."
SENT_AGAIN = "Le courriel de confirmation est reparti. Regardez aussi dans les indésirables."
CANCELLED = "Le changement d’adresse est annulé."


@family.route("/compte/courriel", methods=["GET", "POST"])
@labelled("Changer d’adresse de courriel")
def change_email() -> ResponseReturnValue:
    """« Changer d’adresse de courriel »: a link goes to the new one."""
    account = current_account()
    form = EmailForm(partial(email_changes.problem, account))
    if form.is_submitted():
        if form.validate():
            refusal = email_changes.ask(account, form.address.data, form.current_password.data)
            if refusal is None:
                flash(SENT, "success")
                return redirect(url_for("family.account"))
            form.current_password.errors = [refusal]
        return show_again(form)
    return render_template(
        "family/account/email.html", form=form, state=email_changes.state(account)
    )


@family.post("/compte/courriel/renvoyer")
@stands_on("family.account")
def resend_email() -> ResponseReturnValue:
    """Send the link once more."""
    if stale := left_open():
        return stale
    refusal = email_changes.resend(current_account())
    flash(refusal or SENT_AGAIN, "info" if refusal else "success")
    return redirect(url_for("family.account"))


@family.post("/compte/courriel/annuler")
@stands_on("family.account")
def cancel_email() -> ResponseReturnValue:
    """Keep the address as it is."""
    if stale := left_open():
        return stale
    email_changes.cancel(current_account())
    flash(CANCELLED, "success")
    return redirect(url_for("family.account"))


@family.route("/compte/courriel/confirmer/<token>", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def confirm_email(token: str) -> ResponseReturnValue:
    """The link of the mail: a button, since scanners open links; then what became of it."""
    form = EmptyForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        email_changes.confirm(token, origin())
        return redirect(url_for("family.confirm_email", token=token))
    link = email_changes.open_link(token)
    return render_template("family/account/email_link.html", form=form, link=link, token=token)
