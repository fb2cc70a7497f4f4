"""« Règlements »: all that was received, or went back."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall.money import payments as service
from app.web import lists
from app.web.clerk_access import needs
from app.web.files import CSV, send_made_file
from app.web.lists import Column, Filter, Listing

DAY = "date"
COLUMNS = (
    Column("Date", DAY),
    Column("Famille"),
    Column("Montant", kind="number"),
    Column("Mode"),
    Column("Référence"),
    Column("Factures"),
)
FILTERS = (
    Filter("sens", "Règlements", ((service.GOING_BACK, "Rejets et remboursements"),), none="Tous"),
    Filter("du", "Du", kind="date"),
    Filter("au", "au", kind="date"),
    Filter("famille", "Famille"),
)


@town_hall.get("/mairie/reglements")
@needs(Right.AMOUNTS)
def payments() -> ResponseReturnValue:
    """A page of them."""
    listing = _listing()
    page = service.listed(listing.asked)
    return render_template("town_hall/payments.html", listing=listing, page=page)


@town_hall.get("/mairie/reglements.csv")
@needs(Right.AMOUNTS)
def payments_file() -> ResponseReturnValue:
    """All that the filters find, for a spreadsheet."""
    listing = _listing()
    try:
        return send_made_file(service.table(listing.asked), CSV, "Règlements")
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.payments"))


def _listing() -> Listing:
    return lists.read(COLUMNS, FILTERS, usual=f"-{DAY}", download="town_hall.payments_file")
