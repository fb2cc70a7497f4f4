"""« Signaler une absence »: the days and why, then what becomes of them, then it is told."""

from datetime import UTC, datetime
from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.blueprints.family.bookings.telling import tell_of_refused
from app.services import town_texts
from app.services.bookings import saving, summaries
from app.services.refusals import Refusal
from app.services.tokens import booking_stamps
from app.web import drafts
from app.web.access import current_account
from app.web.booking_forms import AbsenceForm
from app.web.forms import recalled
from app.web.reading_over import take
from app.web.site_map import labelled


@family.route("/reservations/absence", methods=["GET", "POST"])
@labelled("Signaler une absence")
def absence() -> ResponseReturnValue:
    """Tick the days, say why, read it again, send."""
    from app.services.bookings import absences

    form = AbsenceForm()
    if form.is_submitted():
        return take(form, partial(_save, form), partial(_summary, form))
    if drafts.step() == drafts.CHECK and form.is_ready():
        return _check(form)
    return render_template(
        "family/bookings/absence.html",
        form=form,
        absences=absences.page(current_account().family_id, form.typed if recalled() else None),
        town_says=town_texts.read(town_texts.ABSENCE),
    )


def _summary(form: AbsenceForm) -> summaries.Summary:
    from app.services.bookings import absences

    family_id = current_account().family_id
    return summaries.of_days(family_id, absences.span(), form.boxes, datetime.now(UTC))


def _check(form: AbsenceForm) -> ResponseReturnValue:
    from app.services.bookings import absences

    try:
        found = _summary(form)
    except Refusal:
        return redirect(url_for("family.absence"))
    return render_template(
        "family/bookings/absence_check.html",
        form=form,
        summary=found,
        whether_billed=absences.whether_billed(form.why, found.of("absent")),
        stamp=booking_stamps.stamp(current_account().account_id),
    )


def _save(form: AbsenceForm) -> ResponseReturnValue:
    from app.services.bookings import absences

    account = current_account()
    asked_at = booking_stamps.asked_at(account.account_id, form.stamp.data or "")
    saved = saving.save(account, absences.span(), form.boxes, form.sending_key.data, asked_at)
    tell_of_refused(saved)
    return redirect(url_for("family.bookings_saved", public_id=saved.public_id))
