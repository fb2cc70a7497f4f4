"""« Demandes »: what families ask, the most urgent first; one of them, and the answer."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.request_forms import (
    AnswerForm,
    EntrustForm,
    PostponeForm,
    TogetherForm,
)
from app.paging import Page
from app.services.billing import invoices
from app.services.clerks import rights, team
from app.services.clerks.rights import Right
from app.services.clerks.team import Colleague
from app.services.files import uploads
from app.services.files.uploads import Accepted
from app.services.refusals import Refusal
from app.services.requests import desk_listing, desk_reading, openings, ready_answers, undoing
from app.services.requests.desk_line import DeskLine
from app.services.requests.desk_listing import Chosen, View
from app.services.requests.desk_reading import DeskRequest
from app.services.requests.kinds import ACCEPTED, ACCOUNT_DELETION, BY_KEY, KINDS, PLACE, Kind
from app.web import lists
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs
from app.web.files import send_stored_file
from app.web.lists import Act, Column, Filter, Listing

VIEWS = {
    View.TO_ANSWER: "À traiter",
    View.LATE: "En retard",
    View.MINE: "À moi",
    View.WITH_FAMILY: "Attendent la famille",
    View.CLOSED: "Closes",
}
COLUMNS = [Column(each) for each in ("N°", "Demande", "Famille", "Promise pour", "Qui", "État")]
ACTS = (Act("Je m’en occupe", "town_hall.hold_requests"),)
NOTHING = {View.TO_ANSWER: "Elles apparaîtront ici dès qu’une famille en enverra une."}
ENDS = {
    "precedente": "C’était la première de la file.",
    "suivante": "C’était la dernière de la file.",
}
NOTHING_OF = "Il n’y en a pas pour le moment sous «\u00a0{}\u00a0»."


@town_hall.get("/mairie/demandes")
@needs(Right.REQUESTS)
def requests() -> ResponseReturnValue:
    """What families ask, a page of a view."""
    clerk = current_clerk()
    view, colleagues = asked_view(), team.present()
    listing = listing_of(view, colleagues)
    form = TogetherForm()
    form.clerk.choices = [
        SelectChoice(each.public_id, each.name) for each in colleagues if each.may(Right.ANSWER)
    ]
    return render_template(
        "town_hall/requests.html",
        listing=listing,
        page=found_page(view, listing),
        form=form,
        closing=closing_of(listing),
        may_accept=rights.may(clerk, Right.ANSWER_ALL),
        counts=desk_listing.counts(clerk.clerk_id),
        views=VIEWS,
        view=view,
        nothing=NOTHING.get(view) or NOTHING_OF.format(VIEWS[view]),
    )


@town_hall.get("/mairie/demandes/<int:number>")
@needs(Right.REQUESTS)
def request(number: int) -> ResponseReturnValue:
    """One request, and what may be done with it."""
    found = found_request(number)
    me = current_clerk().public_id
    others = [each for each in openings.answerers(number) if each.public_id != me]
    entrust = EntrustForm()
    entrust.clerk.choices = [
        SelectChoice(each.public_id, each.name)
        for each in others
        if each.public_id != found.holder_id
    ]
    form = AnswerForm()
    form.ready.choices = [
        SelectChoice(each.number, each.name)
        for each in ready_answers.for_kind(found.details.kind.key)
    ]
    may_answer = rights.may(current_clerk(), right_for(found.details.kind, ""))
    # Who only reads it answers nothing: nobody need know.
    if may_answer and opens_page():
        openings.note(number, current_clerk())
    return render_template(
        "town_hall/request.html",
        found=found,
        openers=[each for each in others if each.opened_at and found.details.is_open],
        changes=desk_reading.changes(found) if found.details.is_open else [],
        invoice=invoices.used(found.family_id, found.invoice_id) if found.invoice_id else [],
        form=form,
        entrust=entrust,
        postpone=PostponeForm(),
        hint=uploads.HINTS[Accepted.PAPERS],
        may_answer=may_answer,
        may_accept=rights.may(current_clerk(), right_for(found.details.kind, "accept")),
        undoable=undoing.undoable(found.details.events),
        is_mine=found.holder_id == me,
    )


@town_hall.get("/mairie/demandes/<int:number>/<way>")
@needs(Right.REQUESTS)
def request_beside(number: int, way: str) -> ResponseReturnValue:
    """Go to the one before or after in the queue, as it is when somebody asks."""
    beside = desk_listing.beside(number)
    if beside is None or way not in ENDS:
        abort(404)
    found = beside.after if way == "suivante" else beside.before
    if found is None:
        flash(ENDS[way], "info")
        return redirect(url_for("town_hall.requests"))
    return redirect(url_for("town_hall.request", number=found))


@town_hall.get("/mairie/demandes/<int:number>/pieces/<opaque:file_id>")
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
    if kind.key == PLACE and act == "accept":
        return Right.SERVICES
    return Right.ANSWER if kind.about_money else Right.ANSWER_ALL


def asked_view() -> View:
    """Read which of the lists an address names."""
    slug = asked.args.get("vue", "")
    return View(slug) if slug in set(View) else View.TO_ANSWER


def listing_of(view: View, colleagues: Sequence[Colleague]) -> Listing:
    """Read what the address asks of a list; nothing more is done to what is closed."""
    kinds = [(kind.key, kind.label) for kind in KINDS]
    schools = [(school, school) for school in desk_listing.schools()]
    # Whoever may answer no more may still hold some: « Équipe » leads to them.
    people = [
        (each.public_id, each.name)
        for each in colleagues
        if each.may(Right.ANSWER) or each.public_id == asked.args.get("qui")
    ]
    filters = [
        Filter("sorte", "Sorte", kinds),
        *([Filter("ecole", "École", schools)] if schools else []),
        Filter("qui", "Qui s’en occupe", [(desk_listing.NOBODY, "Personne"), *people], "Tous"),
    ]
    acts = () if view is View.CLOSED else ACTS
    return lists.read(COLUMNS, filters, kept={"vue": view.value}, acts=acts)


def found_page(view: View, listing: Listing) -> Page[DeskLine]:
    """Return the page of the list that the address asks for."""
    among = Chosen(*(listing.asked.filters.get(name, "") for name in ("sorte", "ecole", "qui")))
    return desk_listing.chosen(view, among, current_clerk().clerk_id, listing.asked.page)


def closing_of(listing: Listing) -> str:
    """Say how the requests of a list are ended, when they are of one kind."""
    kind = BY_KEY.get(listing.asked.filters.get("sorte", ""))
    return kind.closing.press if kind else ACCEPTED.press
