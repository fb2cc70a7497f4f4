"""« Nos semaines »: what one home of a child proposes, and the other one answers.

What does it is loaded when it is asked for: parents agree once a year.
"""

from functools import partial
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.refusals import Refusal
from app.web import drafts
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.forms import left_open
from app.web.reading_over import take

if TYPE_CHECKING:
    from app.blueprints.family.our_weeks_form import OurWeeksForm

LEFT = "Le {} est laissé à l’autre foyer."
TAKEN = "Le {} est de nouveau à vous."
PROPOSED = "C’est proposé à l’autre foyer, qui a trente jours pour répondre."


@family.route("/enfants/<opaque:public_id>/semaines", methods=["GET", "POST"])
def our_weeks(public_id: str) -> ResponseReturnValue:
    """What is proposed, with its buttons; or the form that proposes, then its ten weeks."""
    from app.blueprints.family.our_weeks_form import OurWeeksForm
    from app.services.bookings import agreeing, leaving
    from app.services.bookings.homes import OfHome

    found = agreeing.of_child(current_account().family_id, public_id) or abort(404)
    form = OurWeeksForm()
    if form.is_submitted():
        return take(form, partial(_propose, public_id, form))
    if drafts.step() == drafts.CHECK and found.may_propose and form.is_ready():
        return render_template(
            "family/our_weeks_check.html",
            form=form,
            public_id=public_id,
            weeks=OfHome(found.weeks.child, form.turns),
            others=OfHome(found.weeks.child, form.turns.others),
        )
    left = leaving.left(found.weeks.turns)
    return render_template(
        "family/our_weeks.html",
        form=form,
        agreement=found,
        left=left,
        booked={each.day for each in leaving.of_child(found.child_id) if each.is_booked}
        if left
        else (),
        received=leaving.received(found.weeks.turns),
    )


@family.post("/enfants/<opaque:public_id>/semaines/reponse")
@stands_on("family.our_weeks")
def answer_weeks(public_id: str) -> ResponseReturnValue:
    """Accept, refuse or withdraw what is proposed."""
    from app.services.bookings import agreeing
    from app.services.bookings.agreeing import Answer

    if stale := left_open():
        return stale
    said = {
        Answer.ACCEPT: "C’est convenu\u00a0: chaque foyer réserve et paie ses semaines.",
        Answer.REFUSE: "La proposition est refusée\u00a0: rien ne change.",
        Answer.WITHDRAW: "La proposition est retirée\u00a0: rien ne change.",
    }
    answer = request.form.get("answer", "")
    if answer not in said:
        abort(404)
    proposal = request.form.get("proposal", "")
    try:
        if not agreeing.answer(current_account(), public_id, proposal, Answer(answer)):
            abort(404)
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(said[Answer(answer)], "success")
    return redirect(url_for("family.child", public_id=public_id))


@family.post("/enfants/<opaque:public_id>/semaines/jour")
@stands_on("family.our_weeks")
def leave_day(public_id: str) -> ResponseReturnValue:
    """Leave a day to the other home, or take it back."""
    from app.services.bookings import leaving
    from app.web.turns_form import do_with_day

    if stale := left_open():
        return stale
    takes_back = request.form.get("answer") == "take"
    act = leaving.take_back if takes_back else leaving.leave
    do_with_day(partial(act, current_account(), public_id), TAKEN if takes_back else LEFT)
    return redirect(url_for("family.our_weeks", public_id=public_id))


def _propose(public_id: str, form: "OurWeeksForm") -> ResponseReturnValue:
    from app.services.bookings import agreeing

    try:
        if not agreeing.propose(current_account(), public_id, form.turns):
            abort(404)
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(PROPOSED, "success")
    return redirect(url_for("family.our_weeks", public_id=public_id))
