"""« Factures »: all of them, by where they stand; one of them, whole."""

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall import families
from app.services.town_hall.family_file import opening
from app.services.town_hall.money import invoices as service
from app.services.town_hall.money.invoices import AMOUNT, DUE_ON, ISSUED, LEFT, InvoiceState
from app.web import lists, printing
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, send_made_file
from app.web.lists import Column, Filter, Listing

STATES = (
    (InvoiceState.OWED.value, "À régler"),
    (InvoiceState.LATE.value, "En retard"),
    (InvoiceState.PAID.value, "Réglées"),
    (InvoiceState.CREDIT_NOTE.value, "Avoirs"),
    (InvoiceState.CANCELLED.value, "Annulées"),
)
STATE = Filter("etat", "État", STATES)
PERIOD = (
    Filter("du", "Émises du", kind="date"),
    Filter("au", "au", kind="date"),
    Filter("famille", "Famille"),
)


@town_hall.get("/mairie/factures")
@needs(Right.AMOUNTS)
def invoices() -> ResponseReturnValue:
    """A page of them."""
    listing = _listing()
    page = service.listed(listing.asked)
    return render_template(
        "town_hall/invoices.html", listing=listing, page=page, words=service.IN_FRENCH
    )


@town_hall.get("/mairie/factures.csv")
@needs(Right.AMOUNTS)
def invoices_file() -> ResponseReturnValue:
    """All that the filters find, for a spreadsheet."""
    listing = _listing()
    try:
        return send_made_file(service.table(listing.asked), CSV, "Factures")
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.invoices"))


@town_hall.get("/mairie/factures/<opaque:public_id>")
@needs(Right.AMOUNTS)
def invoice(public_id: str) -> ResponseReturnValue:
    """One of them, its lines and what was paid of it; whoever looks is in the journal."""
    found = service.find(public_id)
    if found is None:
        abort(404)
    payer, details = found
    opening.ensure(current_clerk(), payer.id)
    return render_template(
        "town_hall/invoice.html",
        payer=payer,
        invoice=details,
        has_pdf=bool(details.file) or printing.available(),
    )


def _listing() -> Listing:
    schools = Filter("ecole", "École", [(each, each) for each in families.schools()])
    usual = service.usual_order(lists.asked_of(STATE))
    return lists.read(
        (
            Column("N°"),
            Column("Famille"),
            Column("Émise le", ISSUED, few=ISSUED not in usual),
            Column("Échéance", DUE_ON, few=DUE_ON not in usual),
            Column("Montant", AMOUNT, "number", few=True),
            Column("Reste", LEFT, "number", few=True),
            Column("État"),
        ),
        (STATE, schools, *PERIOD),
        usual=usual,
        download="town_hall.invoices_file",
    )
