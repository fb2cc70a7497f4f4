"""« Journal »: who did what, when, for the Administration."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.noted_acts import ACTS
from app.services.refusals import Refusal
from app.services.town_hall import acts as service
from app.services.town_hall.acts import Colleague, Who
from app.web import lists
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, send_made_file
from app.web.lists import Column, Filter, Listing

COLUMNS = [Column(each) for each in ("Quand", "Qui", "Quoi", "Sur qui", "D’où")]
KINDS = sorted((key, words[:1].upper() + words[1:]) for key, words in ACTS.items())
KINDS.sort(key=lambda each: each[1])
OTHERS = [
    (Who.PARENT.value, "Un parent"),
    (Who.PORTAL.value, "Le portail"),
    (Who.COMMAND.value, "Une commande"),
]


@town_hall.get("/mairie/journal")
@needs(Right.JOURNAL)
def journal() -> ResponseReturnValue:
    """A page of it; that it was read is in it too."""
    team = service.colleagues()
    listing = _listing(team)
    page = service.listed(listing.asked, team)
    _note(listing, team)
    return render_template("town_hall/journal.html", listing=listing, page=page)


@town_hall.get("/mairie/journal.csv")
@needs(Right.JOURNAL)
def journal_file() -> ResponseReturnValue:
    """All that the filters find, for a spreadsheet."""
    team = service.colleagues()
    listing = _listing(team)
    _note(listing, team)
    try:
        return send_made_file(service.table(listing.asked, team), CSV, "Journal")
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.journal"))


def _note(listing: Listing, team: list[Colleague]) -> None:
    if opens_page():
        service.note_reading(current_clerk(), listing.asked, team)


def _listing(team: list[Colleague]) -> Listing:
    people = [*OTHERS, *((each.public_id, each.name) for each in team)]
    filters = (
        Filter("du", "Du", kind="date"),
        Filter("au", "Au", kind="date"),
        Filter("qui", "Qui", people, none="Tout le monde"),
        Filter("acte", "Quoi", KINDS, none="Tout"),
        Filter("famille", "Famille"),
    )
    return lists.read(COLUMNS, filters, download="town_hall.journal_file")
