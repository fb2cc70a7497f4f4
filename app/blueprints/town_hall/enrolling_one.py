"""« Inscriptions » of a family: who of its children may book what, one more, one less."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import plural, today
from app.services.clerks.rights import Right
from app.services.families import children
from app.services.refusals import Refusal
from app.services.town_hall.family_file import opening
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import AnyDayField, read_day
from app.web.forms import Form, left_open, show_again

ENROLLED = "{} peut réserver."
BY_CLASS = "D’après son école et sa classe"
GROUP_SAID = "Enregistré."
MOVED = "Enregistré. {} maintenant dans un autre groupe."
STOPPED = "{} n’y est plus inscrit."
CANCELLED = "{}. Un courriel le dit à la famille."
NOTHING_LEFT = "Rien n’était plus réservé."


class EnrolOneForm(Form):
    """Which child, at what, from when on."""

    child = SelectField("Enfant")
    service = SelectField("Service", coerce=int)
    first = AnyDayField("À partir du")


class GroupForm(Form):
    """In which group the child is."""

    group = SelectField("Groupe")


@town_hall.route("/mairie/familles/<int:family_id>/inscriptions", methods=["GET", "POST"])
@needs(Right.SERVICES)
def family_enrolments(family_id: int) -> ResponseReturnValue:
    """Those of its children, and the form for one more."""
    from app.services.bookings import left_over
    from app.services.bookings.setting_up import one_child

    family_number = one_child.family_number(family_id) or abort(404)
    opening.ensure(current_clerk(), family_id)
    form = EnrolOneForm(data={"first": today().isoformat()})
    form.child.choices = [
        SelectChoice(each.public_id, each.first_name) for each in children.cards(family_id)
    ]
    form.service.choices = [SelectChoice(number, name) for number, name in one_child.services()]
    if form.is_submitted():
        return _enrol(family_id, form)
    return render_template(
        "town_hall/family_enrolments.html",
        form=form,
        family_id=family_id,
        family_number=family_number,
        enrolled=one_child.of_family(family_id),
        left_over=left_over.of_family(family_id),
    )


@town_hall.post("/mairie/familles/<int:family_id>/inscriptions/<int:number>/arreter")
@needs(Right.SERVICES)
@stands_on("town_hall.family_enrolments")
def stop_enrolment(family_id: int, number: int) -> ResponseReturnValue:
    """One less."""
    from app.services.bookings.setting_up import one_child

    if stale := left_open():
        return stale
    name = one_child.stop(family_id, number, current_clerk())
    if name is None:
        abort(404)
    flash(STOPPED.format(name), "success")
    return redirect(url_for("town_hall.family_enrolments", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/inscriptions/restes")
@needs(Right.BOOK)
@stands_on("town_hall.family_enrolments")
def cancel_left_over(family_id: int) -> ResponseReturnValue:
    """Nobody comes to what is still booked."""
    from app.services.bookings import left_over

    if stale := left_open():
        return stale
    count = left_over.give_back(family_id, current_clerk())
    said = plural(count, "réservation annulée", "réservations annulées")
    flash(CANCELLED.format(said) if count else NOTHING_LEFT, "success")
    return redirect(url_for("town_hall.family_enrolments", family_id=family_id))


@town_hall.route(
    "/mairie/familles/<int:family_id>/inscriptions/<int:number>/groupe", methods=["GET", "POST"]
)
@needs(Right.SERVICES)
def child_group(family_id: int, number: int) -> ResponseReturnValue:
    """In which group a child is, where its school and its class do not say it right."""
    from app.services.bookings.groups import choosing

    found = choosing.find(family_id, number) or abort(404)
    opening.ensure(current_clerk(), family_id)
    form = GroupForm(data={"group": str(found.said or "")})
    form.group.choices = [
        SelectChoice("", BY_CLASS),
        *(SelectChoice(str(group), name) for group, name in found.groups),
    ]
    if not form.is_submitted():
        return render_template(
            "town_hall/child_group.html", form=form, found=found, family_id=family_id
        )
    if not form.validate():
        return show_again(form)
    try:
        group = int(form.group.data) if form.group.data else None
        moved = choosing.choose(family_id, number, group, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    days = plural(moved, "réservation à venir compte", "réservations à venir comptent")
    flash(MOVED.format(days) if moved else GROUP_SAID, "success")
    return redirect(url_for("town_hall.family_enrolments", family_id=family_id))


def _enrol(family_id: int, form: EnrolOneForm) -> ResponseReturnValue:
    from app.services.bookings.setting_up import one_child

    if not form.validate():
        return show_again(form)
    first = read_day(form.first.data or "")
    assert first is not None
    try:
        name = one_child.enrol(
            family_id, form.child.data or "", form.service.data, first, current_clerk()
        )
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(ENROLLED.format(name), "success")
    return redirect(url_for("town_hall.family_enrolments", family_id=family_id))
