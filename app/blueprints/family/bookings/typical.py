"""« Semaine type »: what each child has most often, said once to tick weeks by it."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.blueprints.family.bookings.forms import Several
from app.booking_kinds import WeekParity
from app.services.bookings import typical
from app.services.bookings.rules import WEEKDAYS
from app.services.bookings.typical import TypicalWeek
from app.services.bookings.words import PARITIES
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.forms import Form, recalled, show_again
from app.web.site_map import labelled

SAVED = "La semaine type de {} est enregistrée. Rien n’est encore réservé."


class TypicalForm(Form):
    """The boxes of a child's typical week."""

    case = Several()


@family.get("/reservations/semaine-type")
@labelled("Semaine type")
def typical_weeks() -> ResponseReturnValue:
    """What each child has most often."""
    weeks = typical.of_family(current_account().family_id)
    return render_template("family/bookings/typical_weeks.html", weeks=weeks, words=PARITIES)


@family.route("/reservations/semaine-type/<opaque:public_id>", methods=["GET", "POST"])
def typical_week(public_id: str) -> ResponseReturnValue:
    """The boxes of one child; for odd and even weeks apart where that is asked for."""
    account = current_account()
    week = typical.of_child(account.family_id, public_id)
    if week is None:
        abort(404)
    form = TypicalForm()
    if not form.is_submitted():
        return _show(week, form)
    if not form.validate():
        return show_again(form)
    try:
        typical.save(account, week, form.case.data)
    except Refusal as refused:
        form.form_errors.append(str(refused))
        return show_again(form)
    flash(SAVED.format(week.first_name), "success")
    return redirect(url_for("family.typical_weeks"))


def _show(week: TypicalWeek, form: TypicalForm) -> str:
    typed = form.case.data if recalled() else None
    parities = _parities(week)
    boxes = [
        typical.name_of(parity, weekday, service)
        for parity in parities
        for weekday in week.weekdays
        for service in week.services(weekday)
        if typed is None and week.has(parity, weekday, service.id)
    ]
    return render_template(
        "family/bookings/typical_week.html",
        form=form,
        week=week,
        parities=parities,
        ticked=frozenset(boxes if typed is None else typed),
        name_of=typical.name_of,
        words=PARITIES,
        weekdays=WEEKDAYS,
        this_week=typical.this_week(),
    )


def _parities(week: TypicalWeek) -> Sequence[WeekParity]:
    """Tell which weeks are asked for apart: as it was said, unless the address says otherwise."""
    asked = request.args.get("alternance")
    if asked is None:
        return week.parities
    return typical.ALTERNATE if asked == "oui" else (WeekParity.ALL,)
