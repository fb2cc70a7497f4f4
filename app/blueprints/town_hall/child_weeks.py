"""« Semaines de ce foyer »: when each home of a child has it, read over before it is saved.

What does it is loaded when it is asked for: a town says it for some children a year.
"""

from functools import partial
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.town_hall.family_file import opening
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open
from app.web.reading_over import take

if TYPE_CHECKING:
    from app.blueprints.town_hall.child_weeks_form import WeeksForm

SAID = "Les semaines de chaque foyer avec {} sont enregistrées. Ce qui est réservé reste."
GIVEN = "Le {} est à ce foyer. Chaque foyer est prévenu."
GIVEN_BACK = "Le {} est de nouveau au foyer dont c’est la semaine. Chaque foyer est prévenu."


@town_hall.route(
    "/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/semaines", methods=["GET", "POST"]
)
@needs(Right.SERVICES)
def child_weeks(family_id: int, public_id: str) -> ResponseReturnValue:
    """Those of this home, then of each home side by side."""
    from app.blueprints.town_hall.child_weeks_form import WeeksForm
    from app.services.bookings import leaving
    from app.services.bookings.setting_up import two_homes

    found = two_homes.read(family_id, public_id) or abort(404)
    opening.ensure(current_clerk(), family_id)
    form = WeeksForm.of(found.here.weeks.turns)
    if form.is_submitted():
        return take(form, partial(_save, family_id, public_id, form))
    if drafts.step() == drafts.CHECK and form.is_ready():
        said = two_homes.preview(family_id, public_id, form.said, for_both=form.for_both.data)
        return render_template(
            "town_hall/child_weeks_check.html",
            form=form,
            family_id=family_id,
            public_id=public_id,
            said=said,
        )
    return render_template(
        "town_hall/child_weeks.html",
        form=form,
        family_id=family_id,
        public_id=public_id,
        found=found,
        left=leaving.of_child(found.child_id),
    )


@town_hall.post("/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/semaines/jour")
@needs(Right.SERVICES)
@stands_on("town_hall.child_weeks")
def give_day(family_id: int, public_id: str) -> ResponseReturnValue:
    """Have this home have a day, or have the weeks say again whose it is."""
    from app.services.bookings.setting_up import left_days
    from app.web.turns_form import do_with_day

    if stale := left_open():
        return stale
    gives_back = request.form.get("answer") == "back"
    act = left_days.give_back if gives_back else left_days.give
    do_with_day(
        lambda day: act(family_id, public_id, day, current_clerk()),
        GIVEN_BACK if gives_back else GIVEN,
    )
    return redirect(url_for("town_hall.child_weeks", family_id=family_id, public_id=public_id))


def _save(family_id: int, public_id: str, form: "WeeksForm") -> ResponseReturnValue:
    from app.services.bookings.setting_up import two_homes

    said = two_homes.save(
        family_id, public_id, form.said, for_both=form.for_both.data, by=current_clerk()
    )
    if said is None:
        abort(404)
    flash(SAID.format(said.child), "success")
    return redirect(url_for("town_hall.family", family_id=family_id))
