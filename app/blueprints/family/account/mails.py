"""« Courriels que je reçois »."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.account.forms import MailWishesForm
from app.blueprints.family.blueprint import family
from app.services.profile import mail_wishes
from app.services.profile.mail_wishes import MailWishes
from app.web.access import current_account
from app.web.forms import show_again
from app.web.site_map import labelled

SAVED = "Vos choix de courriels sont enregistrés."


@family.route("/compte/courriels", methods=["GET", "POST"])
@labelled("Courriels que je reçois")
def choose_mails() -> ResponseReturnValue:
    """Three ticks."""
    account = current_account()
    form = MailWishesForm(obj=mail_wishes.wishes(account))
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        wanted = MailWishes(form.messages.data, form.invoices.data, form.requests.data)
        mail_wishes.save(account, wanted)
        flash(SAVED, "success")
        return redirect(url_for("family.account"))
    return render_template("family/account/mails.html", form=form)
