"""« Relevé de compte » and its invoices."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.access import current_account
from app.blueprints.family import family
from app.blueprints.family.files import send_stored_file
from app.services import invoices, ledger


@family.get("/releve")
def statement() -> ResponseReturnValue:
    """Every movement with its running balance, the newest first."""
    page = ledger.statement_page(current_account().family_id, request.args.get("page", ""))
    return render_template("family/statement.html", page=page.lines, balance=page.balance)


@family.get("/factures/<opaque:public_id>")
def invoice(public_id: str) -> ResponseReturnValue:
    """One invoice, its lines and what was paid of it."""
    found = invoices.find(current_account().family_id, public_id)
    if found is None:
        abort(404)
    return render_template("family/invoice.html", invoice=found)


@family.get("/factures/<opaque:public_id>/pdf")
def invoice_file(public_id: str) -> ResponseReturnValue:
    """The PDF that the town hall gave."""
    found = invoices.find(current_account().family_id, public_id)
    if found is None or not found.file:
        abort(404)
    return send_stored_file("invoices", found.file, f"facture-{found.number}", inline=True)
