"""Choosing a password with a ticket, changing it when signed in."""

from functools import partial

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.blueprints.auth.blueprint import DEVICE, auth
from app.blueprints.auth.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    ForgottenPasswordForm,
)
from app.services.accounts import password_choice, passwords
from app.services.accounts.password_choice import LinkState
from app.services.refusals import Reason, Refusal
from app.web.access import Audience, current_account, end_session, opens_to, origin
from app.web.forms import EmptyForm, show_again
from app.web.new_passwords import SAVED
from app.web.site_map import labelled

CONFIRM = (
    "Un courriel est parti à {}\u00a0: ouvrez son lien, pour y recevoir un nouveau mot de passe si "
    "vous oubliez celui-ci."
)
NO_TICKET = (
    "Pour choisir votre mot de passe, connectez-vous avec le mot de passe temporaire "
    "reçu par courriel, ou ouvrez le lien de ce courriel."
)


@auth.route("/mot-de-passe/lien/<token>", methods=["GET", "POST"])
def password_link(token: str) -> ResponseReturnValue:
    """Open the link of a mail: a ticket if it is good, a button for a new mail if not.

    Where somebody is signed in it asks first: a page that is only looked at signs nobody out.
    """
    link = password_choice.open_link(token)
    if link.ticket is None:
        if request.method == "POST":
            return redirect(url_for("auth.password_link", token=token))
        form = ForgottenPasswordForm(identifier=link.identifier)
        return render_template("auth/password_link_expired.html", link=link, form=form)
    form = EmptyForm()
    if not current_user.is_authenticated:
        return _take_ticket(link)
    if not form.is_submitted():
        return render_template(
            "auth/password_link_signed_in.html",
            form=form,
            link=link,
            token=token,
            own=link.identifier == current_account().identifier,
        )
    return _take_ticket(link) if form.validate() else show_again(form)


def _take_ticket(link: LinkState) -> Response:
    end_session()
    session["ticket"] = link.ticket
    return redirect(url_for("auth.choose_password"))


@auth.route("/mot-de-passe/choisir", methods=["GET", "POST"])
def choose_password() -> ResponseReturnValue:
    """« Choisissez votre mot de passe »: only with a ticket."""
    pending = password_choice.open_ticket(session.get("ticket", ""))
    if pending is None:
        session.pop("ticket", None)
        flash(NO_TICKET, "info")
        return redirect(url_for("auth.sign_in"))
    form = ChoosePasswordForm(partial(password_choice.problems, pending.account_id))
    if pending.has_address:
        del form.email
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        address = "" if pending.has_address else form.email.data or ""
        mark = password_choice.choose(pending, form.new_password.data, origin(), address)
        answer = _sign_in_again(pending.account_id, SAVED if mark else NO_TICKET)
        if mark and address:
            flash(CONFIRM.format(address), "info")
        if mark:
            DEVICE.leave(answer, mark)
        return answer
    return render_template(
        "auth/choose_password.html",
        form=form,
        identifier=pending.identifier,
        rules=passwords.policy(),
    )


@auth.route("/mot-de-passe/changer", methods=["GET", "POST"])
@opens_to(Audience.FAMILY)
@labelled("Changer mot de passe", place=8)
def change_password() -> ResponseReturnValue:
    """« Changer mot de passe »: asks for the current one."""
    account = current_account()
    form = ChangePasswordForm(partial(password_choice.problems, account.account_id))
    if form.is_submitted():
        if form.validate():
            try:
                mark = password_choice.change(
                    account, form.current_password.data, form.new_password.data
                )
            except Refusal as refused:
                same = refused.reason is Reason.SAME
                field = form.new_password if same else form.current_password
                field.errors = [str(refused)]
            else:
                answer = _sign_in_again(account.account_id, SAVED)
                DEVICE.leave(answer, mark)
                return answer
        return show_again(form)
    return render_template(
        "auth/change_password.html",
        form=form,
        identifier=account.identifier,
        rules=passwords.policy(),
    )


def _sign_in_again(account_id: int, notice: str) -> Response:
    end_session()
    # The row's number, not the identifiant: the cookie is readable.
    session["returning"] = account_id
    flash(notice, "success" if notice == SAVED else "info")
    return redirect(url_for("auth.sign_in"))
