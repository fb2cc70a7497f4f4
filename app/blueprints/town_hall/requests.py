"""« Demandes »: what families ask, the most urgent first; one of them, and the answer."""

from flask import abort, render_template
from flask import request as asked
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.blueprints.town_hall.blueprint import NUMBER, town_hall
from app.blueprints.town_hall.request_forms import AnswerForm, EntrustForm, PostponeForm
from app.services.billing import invoices
from app.services.clerks import rights, team
from app.services.clerks.rights import Right
from app.services.files import uploads
from app.services.files.uploads import Accepted
from app.services.refusals import Refusal
from app.services.requests import desk_listing, desk_reading, undoing
from app.services.requests.desk_listing import Chosen, View
from app.services.requests.desk_reading import DeskRequest
from app.services.requests.kinds import ACCOUNT_DELETION, KINDS, Kind
from app.web.clerk_access import current_clerk, needs
from app.web.files import send_stored_file

VIEWS = {
    View.TO_ANSWER: "À traiter",
    View.LATE: "En retard",
    View.MINE: "À moi",
    View.WITH_FAMILY: "Attendent la famille",
    View.CLOSED: "Closes",
}
# Of what addresses choose: names of schools are short.
LONGEST_CHOICE = 200


@town_hall.get("/mairie/demandes")
@needs(Right.REQUESTS)
def requests() -> ResponseReturnValue:
    """What families ask, a page of a view."""
    clerk = current_clerk()
    view = _view(asked.args.get("vue", ""))
    among = Chosen(*(_choice(name) for name in ("sorte", "ecole", "qui")))
    return render_template(
        "town_hall/requests.html",
        listed=desk_listing.chosen(view, among, clerk.clerk_id, asked.args.get("page", "")),
        counts=desk_listing.counts(clerk.clerk_id),
        views=VIEWS,
        view=view,
        among=among,
        kinds=[(kind.key, kind.label) for kind in KINDS],
        schools=[(school, school) for school in desk_listing.schools()],
        team=[
            (desk_listing.NOBODY, "Personne"),
            *((each.public_id, each.name) for each in team.who_may(Right.ANSWER)),
        ],
    )


@town_hall.get(f"/mairie/demandes/{NUMBER}")
@needs(Right.REQUESTS)
def request(number: int) -> ResponseReturnValue:
    """One request, and what may be done with it."""
    found = found_request(number)
    entrust = EntrustForm()
    entrust.clerk.choices = [
        SelectChoice(each.public_id, each.name)
        for each in team.who_may(Right.ANSWER)
        if each.public_id not in {found.holder_id, current_clerk().public_id}
    ]
    return render_template(
        "town_hall/request.html",
        found=found,
        changes=desk_reading.changes(found) if found.details.is_open else [],
        invoice=invoices.used(found.family_id, found.invoice_id) if found.invoice_id else [],
        form=AnswerForm(),
        entrust=entrust,
        postpone=PostponeForm(),
        hint=uploads.HINTS[Accepted.PAPERS],
        may_answer=rights.may(current_clerk(), right_for(found.details.kind, "")),
        may_accept=rights.may(current_clerk(), right_for(found.details.kind, "accept")),
        undoable=undoing.undoable(found.details.events),
        is_mine=found.holder_id == current_clerk().public_id,
    )


@town_hall.get(f"/mairie/demandes/{NUMBER}/pieces/<opaque:file_id>")
@needs(Right.REQUESTS)
def request_file(number: int, file_id: str) -> ResponseReturnValue:
    """A file of a request, shown where the browser can."""
    return send_stored_file(desk_reading.find_file(number, file_id), inline=True)


def found_request(number: int) -> DeskRequest:
    """Return the request that an address names; there may be none."""
    try:
        return desk_reading.find(number)
    except Refusal:
        abort(404)


def right_for(kind: Kind, act: str) -> Right:
    """Say what an act on a request of this kind asks."""
    if kind.key == ACCOUNT_DELETION and act == "accept":
        return Right.ERASE
    return Right.ANSWER if kind.about_money else Right.ANSWER_ALL


def _view(slug: str) -> View:
    return View(slug) if slug in set(View) else View.TO_ANSWER


def _choice(name: str) -> str:
    """Read what an address chooses; what no text of a database can be chooses nothing."""
    chosen = asked.args.get(name, "")
    return chosen if chosen.isprintable() and len(chosen) <= LONGEST_CHOICE else ""
