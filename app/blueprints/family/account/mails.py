"""« Courriels que je reçois »."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.account.forms import MailWishesForm
from app.blueprints.family.blueprint import family
from app.services.profile import mail_wishes
from app.services.profile.mail_wishes import MailWishes
from app.web.access import Audience, current_account, opens_to, origin
from app.web.forms import show_again
from app.web.site_map import labelled

ONE_CLICK = "List-Unsubscribe"
SAVED = "Vos choix de courriels sont enregistrés."


@family.route("/compte/courriels", methods=["GET", "POST"])
@labelled("Courriels que je reçois")
def choose_mails() -> ResponseReturnValue:
    """Four ticks."""
    account = current_account()
    form = MailWishesForm(obj=mail_wishes.wishes(account))
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        wanted = MailWishes(
            form.messages.data, form.invoices.data, form.requests.data, form.reminders.data
        )
        mail_wishes.save(account, wanted)
        flash(SAVED, "success")
        return redirect(url_for("family.account"))
    return render_template("family/account/mails.html", form=form)


@family.route("/compte/courriels/arreter/<token>", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def stop_mails(token: str) -> ResponseReturnValue:
    """The link beside a mail of news: a button for people, one press for mail programs.

    They post without a cookie or a page of ours (RFC 8058): the link itself is what lets them.
    """
    if request.method == "POST":
        mail_wishes.stop(token, origin())
        if ONE_CLICK in request.form:
            return "", HTTPStatus.NO_CONTENT
        return redirect(url_for("family.stop_mails", token=token))
    return render_template(
        "family/account/stop_mails.html", wish=mail_wishes.linked(token), token=token
    )
