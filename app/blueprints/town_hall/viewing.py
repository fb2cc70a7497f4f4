"""« Voir comme »: the way to a family's own pages, and back."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.accounts import viewing as service
from app.services.accounts.helping import Whose
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import viewing
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.errors import say_why
from app.web.forms import left_open


@town_hall.post("/mairie/familles/<int:family_id>/comme/<int:guardian_id>")
@needs(Right.VIEW_AS)
@stands_on("town_hall.family")
def view_as(family_id: int, guardian_id: int) -> ResponseReturnValue:
    """See what a guardian sees, for a reason that they will read."""
    reason = request.form.get("reason", "")
    if reason not in service.REASONS:
        abort(400)
    if stale := left_open():
        return stale
    try:
        token = service.begin(Whose(family_id, guardian_id), reason, current_clerk())
    except Refusal as refused:
        say_why(refused)
        return redirect(url_for("town_hall.family", family_id=family_id))
    answer = redirect(url_for("family.home"))
    viewing.COOKIE.leave(answer, token)
    return answer


@town_hall.post("/mairie/comme/fin")
@needs(Right.VIEW_AS)
@stands_on("town_hall.day")
def end_view() -> ResponseReturnValue:
    """Come back to the family's file."""
    if stale := left_open():
        return stale
    seen = service.find(viewing.COOKIE.read(), current_clerk())
    day = url_for("town_hall.day")
    answer = redirect(url_for("town_hall.family", family_id=seen.family_id) if seen else day)
    viewing.COOKIE.take_away(answer)
    return answer
