"""The invoices of the statement."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.billing import invoices, payment_means
from app.services.billing.invoices import InvoiceDetails
from app.services.families import letterheads
from app.web import printing
from app.web.access import current_account
from app.web.files import send_paper, send_stored_file


@family.get("/factures/<opaque:public_id>")
def invoice(public_id: str) -> ResponseReturnValue:
    """One invoice, its lines and what was paid of it."""
    found = _find(public_id)
    return render_template(
        "family/invoice.html",
        invoice=found,
        means=payment_means.of_invoice(current_account().family_id, found),
        has_pdf=bool(found.file) or printing.available(),
    )


@family.get("/factures/<opaque:public_id>/pdf")
def invoice_file(public_id: str) -> ResponseReturnValue:
    """The PDF that the town hall gave; without one, the page above on paper."""
    found = _find(public_id)
    if found.pdf:
        return send_stored_file(found.pdf, inline=True)
    if not printing.available():
        abort(404)
    family_id = current_account().family_id
    html = render_template(
        "family/invoice.html",
        invoice=found,
        means=payment_means.of_invoice(family_id, found),
        letterhead=letterheads.of_family(family_id),
    )
    return send_paper(html, found.title, inline=True)


def _find(public_id: str) -> InvoiceDetails:
    found = invoices.find(current_account().family_id, public_id)
    if found is None:
        abort(404)
    return found
