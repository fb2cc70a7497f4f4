"""One's own details: each block of « Mon compte » has a page to ask for a change."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.account.forms import (
    AddressForm,
    DetailsForm,
    IdentityForm,
    OneNameForm,
    PhonesForm,
)
from app.blueprints.family.blueprint import family
from app.services.profile import details
from app.services.refusals import Refusal
from app.services.requests import kinds
from app.services.requests.kinds import BY_KEY, DETAILS
from app.web.access import current_account
from app.web.forms import show_again
from app.web.site_map import labelled

ASKED = "Votre demande est envoyée à la mairie. Vos nouvelles coordonnées attendent sa réponse."
NOT_HERE = (
    "La mairie ne prend pas les changements de coordonnées sur le portail. "
    "Appelez-la ou écrivez-lui."
)
UNCHANGED = "Vous n’avez rien modifié\u00a0: aucune demande n’est envoyée."


@family.route("/compte/identite", methods=["GET", "POST"])
@labelled("Modifier mon identité")
def change_identity() -> ResponseReturnValue:
    """« Civilité, nom, prénom », or the name alone of a payer who has no first name."""
    form = IdentityForm if current_account().first_name else OneNameForm
    return _change(form, "Modifier mon identité")


@family.route("/compte/adresse", methods=["GET", "POST"])
@labelled("Modifier mon adresse")
def change_address() -> ResponseReturnValue:
    """« Adresse postale »."""
    return _change(AddressForm, "Modifier mon adresse")


@family.route("/compte/telephones", methods=["GET", "POST"])
@labelled("Modifier mes téléphones")
def change_phones() -> ResponseReturnValue:
    """« Téléphones »."""
    return _change(PhonesForm, "Modifier mes téléphones")


def _change(form_class: type[DetailsForm], title: str) -> ResponseReturnValue:
    account = current_account()
    if not kinds.is_offered(BY_KEY[DETAILS].slug):
        flash(NOT_HERE, "info")
        return redirect(url_for("family.account"))
    form = form_class(data=details.wished(account))
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            asked = details.ask(account, form.typed, form.sending_key.data)
        except Refusal as refused:
            form.form_errors.append(str(refused))
            return show_again(form)
        flash(ASKED if asked else UNCHANGED, "success" if asked else "info")
        return redirect(url_for("family.account"))
    return render_template("family/account/details.html", form=form, title=title)
