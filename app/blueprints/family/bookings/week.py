"""A week to book: its boxes, then what changes and what is not possible, then it is saved.

Both pages have one address: what was ticked waits as any draft does.
"""

from datetime import UTC, date, datetime
from functools import partial

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.blueprints.family.bookings.telling import tell_of_refused
from app.services.bookings import drawing, saving, summaries, weeks
from app.services.bookings.weeks import Week
from app.services.refusals import Refusal
from app.services.tokens import booking_stamps
from app.web import drafts
from app.web.access import current_account
from app.web.booking_forms import WeekForm
from app.web.forms import recalled
from app.web.reading_over import take
from app.web.site_map import labelled


@family.get("/reservations")
@labelled("Réservations", place=3)
def bookings() -> ResponseReturnValue:
    """The first week that something may still be booked of."""
    week = drawing.first_open(current_account().family_id)
    return _page(WeekForm(), week)


@family.route("/reservations/semaine/<week>", methods=["GET", "POST"])
def bookings_week(week: str) -> ResponseReturnValue:
    """Tick, check, save."""
    monday = weeks.monday_of(week)
    if monday is None:
        abort(404)
    form = WeekForm()
    if form.is_submitted():
        return take(form, partial(_save, form, monday), partial(_summary, form, monday))
    if drafts.step() == drafts.CHECK and form.is_ready():
        return _check(form, monday)
    return _page(form, _drawn(form, monday))


def _page(form: WeekForm, week: Week) -> str:
    return render_template("family/bookings/week.html", form=form, week=week)


def _drawn(form: WeekForm, monday: date) -> Week:
    """Draw it as it is asked for: as another week, as one child has it, or as it was ticked."""
    family_id = current_account().family_id
    if "copier" in request.args:
        return drawing.copied(family_id, monday)
    if "type" in request.args:
        return drawing.by_habit(family_id, monday)
    if "comme" in request.args:
        return drawing.alike(family_id, monday, request.args["comme"])
    return drawing.week(family_id, monday, form.typed if recalled() else None)


def _summary(form: WeekForm, monday: date) -> summaries.Summary:
    return summaries.summary(current_account().family_id, monday, form.boxes, datetime.now(UTC))


def _check(form: WeekForm, monday: date) -> ResponseReturnValue:
    account = current_account()
    try:
        found = _summary(form, monday)
    except Refusal:
        return redirect(url_for("family.bookings_week", week=weeks.name_of_week(monday)))
    return render_template(
        "family/bookings/check.html",
        form=form,
        summary=found,
        stamp=booking_stamps.stamp(account.account_id),
    )


def _save(form: WeekForm, monday: date) -> ResponseReturnValue:
    account = current_account()
    asked_at = booking_stamps.asked_at(account.account_id, form.stamp.data or "")
    saved = saving.save(
        account, weeks.both_ends(monday), form.boxes, form.sending_key.data, asked_at
    )
    tell_of_refused(saved)
    return redirect(url_for("family.bookings_saved", public_id=saved.public_id))
