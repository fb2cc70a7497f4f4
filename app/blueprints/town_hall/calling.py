"""« Nouvelle demande pour elle »: what somebody asks on the telephone, typed by a clerk.

The form is the parent's own, with who calls. It leaves from one page: what was typed wrong is
answered or refused like any request, and the family sees it.
"""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.requests import right_for
from app.formats import NBSP, ended
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.files import uploads
from app.services.files.uploads import UploadRefused
from app.services.refusals import Refusal
from app.services.requests import callers, kinds, of_family, sending
from app.services.requests.callers import Household
from app.services.requests.kinds import Kind
from app.services.town_hall.family_file import opening
from app.web import request_forms
from app.web.clerk_access import current_clerk, must, needs
from app.web.forms import show_again
from app.web.heavy_forms import takes_files
from app.web.request_forms import OneOf, RequestForm

SENT = "La demande n°" + NBSP + "{} est enregistrée. "
CONFIRMED = "Un courriel le confirme à {}"
TO_DICTATE = "Aucun courriel ne part à {}\u00a0: donnez-lui ce numéro"


class CallerForm(RequestForm):
    """The form of a kind, with who calls."""

    guardian = OneOf("Qui appelle", "Choisissez qui appelle.")

    @property
    def lines(self) -> list[object]:
        """List what the parent would fill in."""
        return [field for field in super().lines if field.name != "guardian"]


FORMS: dict[str, type[CallerForm]] = {
    key: type(f"Caller{form.__name__}", (CallerForm, form), {})
    for key, form in request_forms.FORMS.items()
}


@town_hall.get("/mairie/familles/<int:family_id>/demandes/nouvelle")
@needs(Right.ANSWER)
def request_for_caller(family_id: int) -> ResponseReturnValue:
    """Choose what they ask."""
    offered = [kind for kind in kinds.offered() if not kind.own_hand and _may_type(kind)]
    return render_template(
        "town_hall/caller_kinds.html",
        household=_household(family_id),
        family_id=family_id,
        kinds=offered,
        left_out=[kind for kind in kinds.offered() if kind.own_hand],
        gone=callers.GONE,
    )


@town_hall.route(
    "/mairie/familles/<int:family_id>/demandes/nouvelle/<kind>", methods=["GET", "POST"]
)
@needs(Right.ANSWER)
@takes_files
def caller_form(family_id: int, kind: str) -> ResponseReturnValue:
    """Fill in what they say, and send it in their name."""
    found = kinds.by_slug(kind)
    if found is None or found.own_hand:
        abort(404)
    must(right_for(found, ""))
    household = _household(family_id)
    form = _form(found, family_id, household)
    if form.is_submitted():
        return _send(found, family_id, form) if form.validate() else show_again(form)
    opening.ensure(current_clerk(), family_id)
    return render_template(
        "town_hall/caller_form.html",
        form=form,
        kind=found,
        household=household,
        family_id=family_id,
        alike=[
            each for each in of_family.listed(family_id) if each.is_open and each.kind == found.key
        ],
        hint=uploads.HINTS[found.files] if found.files else None,
    )


def _send(kind: Kind, family_id: int, form: CallerForm) -> ResponseReturnValue:
    try:
        files = form.checked_files(kind)
        caller, person = callers.typed_by(current_clerk(), family_id, int(form.guardian.data))
        sent = sending.send(caller, kind, form.asked, form.sending_key.data, files)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    except Refusal as refused:
        form.sending_key.renew()
        form.form_errors.append(str(refused))
        return show_again(form)
    told = CONFIRMED if person.is_written_to else TO_DICTATE
    flash(SENT.format(sent.number) + ended(told.format(person.name)), "success")
    return redirect(url_for("town_hall.request", number=sent.number))


def _form(kind: Kind, family_id: int, household: Household) -> CallerForm:
    form = FORMS[kind.key]()
    form.offer(kind, family_id)
    form.guardian.choices = [
        SelectChoice(str(each.guardian_id), each.name) for each in household.people
    ]
    form.choose_the_only("guardian")
    return form


def _household(family_id: int) -> Household:
    found = callers.of_family(family_id)
    if found is None:
        abort(404)
    return found


def _may_type(kind: Kind) -> bool:
    return rights.may(current_clerk(), right_for(kind, ""))
