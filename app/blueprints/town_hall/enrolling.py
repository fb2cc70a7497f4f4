"""« Inscrits » of a service: who may book it, a school at a time."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import plural, today
from app.services.bookings.setting_up import enrolments as service
from app.services.bookings.setting_up import reading
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import AnyDayField, read_day
from app.web.forms import Form, left_open, show_again

NO_SCHOOL = "Sans école"
NOBODY = "Tous y sont déjà inscrits\u00a0: rien n’a changé."


class EnrolForm(Form):
    """The children of which school, from when on."""

    school = SelectField("École")
    first = AnyDayField("À partir du")


@town_hall.route("/mairie/services/<int:number>/inscrits", methods=["GET", "POST"])
@needs(Right.SERVICES)
def enrolled(number: int) -> ResponseReturnValue:
    """How many of each school, and the form to enrol the rest."""
    listed = {each.number: each for each in reading.listed(today())}
    found = listed.get(number) or abort(404)
    schools = service.by_school(number, today())
    form = EnrolForm(data={"first": today().isoformat()})
    form.school.choices = [
        SelectChoice(each.name, each.name or NO_SCHOOL)
        for each in schools
        if each.enrolled < each.children
    ]
    if form.is_submitted():
        return _enrol(number, form)
    return render_template(
        "town_hall/enrolled.html",
        form=form,
        found=found,
        schools=schools,
        no_school=NO_SCHOOL,
        accepted=len(service.accepted(number, found.described.kind, today())),
    )


@town_hall.post("/mairie/services/<int:number>/inscrits/demandes")
@needs(Right.SERVICES)
@stands_on("town_hall.enrolled")
def enrol_accepted(number: int) -> ResponseReturnValue:
    """Those whose request was accepted."""
    if stale := left_open():
        return stale
    try:
        _told(service.enrol_accepted(number, today(), current_clerk()))
    except Refusal as refused:
        flash(refused.sentence, "info")
        return redirect(url_for("town_hall.offered"))
    return redirect(url_for("town_hall.enrolled", number=number))


def _told(count: int) -> None:
    said = plural(count, "enfant inscrit", "enfants inscrits")
    flash(f"{said}. Les familles peuvent réserver." if count else NOBODY, "success")


def _enrol(number: int, form: EnrolForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    first = read_day(form.first.data or "")
    assert first is not None
    try:
        count = service.enrol(number, form.school.data or "", first, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    _told(count)
    return redirect(url_for("town_hall.enrolled", number=number))
