"""« Réservations » of a family: a clerk books and cancels for a parent who telephones.

What does it is loaded when it is asked for: most parents do it themselves.
"""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall.family_file import opening
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.forms import recalled
from app.web.reading_over import take

if TYPE_CHECKING:
    from app.services.bookings.summaries import Summary
    from app.web.booking_forms import WeekForm

SAVED = "C’est enregistré. Un courriel le dit à la famille."
NOT_ALL = "C’est enregistré, sauf\u00a0: {}"


@town_hall.get("/mairie/familles/<int:family_id>/reservations")
@needs(Right.BOOK)
def family_bookings(family_id: int) -> ResponseReturnValue:
    """The week that is spoken of most."""
    from app.services.bookings import weeks

    week = weeks.name_of_week(weeks.week_to_come())
    return redirect(url_for("town_hall.family_week", family_id=family_id, week=week))


@town_hall.route("/mairie/familles/<int:family_id>/reservations/<week>", methods=["GET", "POST"])
@needs(Right.BOOK)
def family_week(family_id: int, week: str) -> ResponseReturnValue:
    """Tick, check, save, whatever the hour."""
    from app.services.bookings import on_behalf, weeks
    from app.services.bookings.setting_up import one_child
    from app.web.booking_forms import WeekForm

    number = one_child.family_number(family_id) or abort(404)
    monday = weeks.monday_of(week) or abort(404)
    opening.ensure(current_clerk(), family_id)
    form = WeekForm()
    if form.is_submitted():
        return take(
            form, partial(_save, family_id, monday, form), partial(_check, family_id, monday, form)
        )
    if drafts.step() == drafts.CHECK and form.is_ready():
        return _checked(family_id, number, monday, form)
    return render_template(
        "town_hall/family_week.html",
        form=form,
        family_id=family_id,
        family_number=number,
        week=on_behalf.week(family_id, monday, form.typed if recalled() else None),
    )


def _check(family_id: int, monday: date, form: "WeekForm") -> "Summary":
    from app.services.bookings import on_behalf

    return on_behalf.check(family_id, monday, form.boxes)


def _checked(family_id: int, number: str, monday: date, form: "WeekForm") -> ResponseReturnValue:
    try:
        found = _check(family_id, monday, form)
    except Refusal:
        return redirect(url_for("town_hall.family_bookings", family_id=family_id))
    return render_template(
        "town_hall/family_week_check.html",
        form=form,
        family_id=family_id,
        family_number=number,
        summary=found,
    )


def _save(family_id: int, monday: date, form: "WeekForm") -> ResponseReturnValue:
    from app.services.bookings import on_behalf, weeks

    saved = on_behalf.save(family_id, current_clerk(), monday, form.boxes, form.sending_key.data)
    refused = " ".join(each.whole_sentence for each in saved.refused)
    flash(NOT_ALL.format(refused) if refused else SAVED, "info" if refused else "success")
    week = weeks.name_of_week(monday)
    return redirect(url_for("town_hall.family_week", family_id=family_id, week=week))
