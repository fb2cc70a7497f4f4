"""« Semaine type »: what each child has most often, said once to tick weeks by it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app.blueprints.family.blueprint import family
from app.blueprints.family.bookings.telling import tell_of_refused
from app.booking_kinds import WeekParity
from app.formats import WEEKDAYS
from app.services.bookings import applying, typical
from app.services.bookings.typical import TypicalWeek
from app.services.bookings.words import PARITIES
from app.services.refusals import Reason, Refusal
from app.services.tokens import booking_stamps
from app.web import drafts
from app.web.access import current_account
from app.web.booking_forms import Several
from app.web.fields import AnyDayField, SendingKeyField, read_day
from app.web.forms import Form, recalled, show_again
from app.web.reading_over import take
from app.web.site_map import labelled

# What is impossible is told day by day, up to so many.
MOST_TOLD = 12
SAVED = "La semaine type de {} est enregistrée. Rien n’est encore réservé."


class TypicalForm(Form):
    """The boxes of a child's typical week."""

    case = Several()


class ApplyForm(Form):
    """From when to when typical weeks are booked, and what was read of that."""

    sending_key = SendingKeyField()
    # When its summary was read, and what it said.
    stamp = HiddenField()
    mark = HiddenField()
    first = AnyDayField("Du")
    last = AnyDayField("Au")

    @property
    def days(self) -> tuple[date, date]:
        """Return both ends, once they are valid."""
        first, last = read_day(self.first.data or ""), read_day(self.last.data or "")
        assert first is not None
        assert last is not None
        return first, last


@family.route("/reservations/semaine-type", methods=["GET", "POST"])
@labelled("Semaine type")
def typical_weeks() -> ResponseReturnValue:
    """What each child has most often; booked from one day to another, once that is read."""
    form = ApplyForm()
    if form.is_submitted():
        return take(form, partial(_apply, form), partial(_plan, form))
    if drafts.step() == drafts.CHECK and form.is_ready():
        return _check(form)
    if recalled() is None:
        form.first.data, form.last.data = (day.isoformat() for day in applying.default_days())
    weeks = typical.of_family(current_account().family_id)
    return render_template(
        "family/bookings/typical_weeks.html", form=form, weeks=weeks, words=PARITIES
    )


def _plan(form: ApplyForm) -> applying.Plan:
    planned = applying.plan(current_account().family_id, *form.days, datetime.now(UTC))
    if not planned.decided:
        raise Refusal(Reason.SAME, applying.NOTHING)
    return planned


def _check(form: ApplyForm) -> ResponseReturnValue:
    account = current_account()
    try:
        planned = applying.plan(account.family_id, *form.days, datetime.now(UTC))
    except Refusal:
        return redirect(url_for("family.typical_weeks"))
    return render_template(
        "family/bookings/apply_check.html",
        form=form,
        plan=planned,
        most_told=MOST_TOLD,
        stamp=booking_stamps.stamp(account.account_id),
    )


def _apply(form: ApplyForm) -> ResponseReturnValue:
    account = current_account()
    asked_at = booking_stamps.asked_at(account.account_id, form.stamp.data or "")
    saved = applying.apply(
        account, form.days, form.mark.data or "", form.sending_key.data, asked_at
    )
    tell_of_refused(saved)
    return redirect(url_for("family.bookings_saved", public_id=saved.public_id))


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
