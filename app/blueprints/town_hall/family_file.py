"""« Famille BERNARD, n° SE4101 »: everything of a family that is on the telephone."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.helping_forms import AddressForm, NoteForm
from app.formats import today
from app.services.billing import invoices, payment_means, statement
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.families import children, letterheads, lookup
from app.services.files.stored_files import FoundFile
from app.services.town_hall.family_file import opening, reading
from app.settings import settings
from app.web import printing
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs
from app.web.files import PDF, only_with_printing, send_made_file, send_stored_file


@town_hall.get("/mairie/familles/<int:family_id>")
@needs(Right.FAMILIES)
def family(family_id: int) -> ResponseReturnValue:
    """The file; whoever opens it is in the journal before it is shown."""
    clerk = current_clerk()
    found = reading.read(clerk, family_id, amounts=rights.may(clerk, Right.AMOUNTS))
    if found is None:
        abort(404)
    if opens_page() and not found.opened_today:
        opening.note(clerk, family_id)
    return render_template(
        "town_hall/family.html",
        family=found,
        address=AddressForm(),
        note=NoteForm(),
        printing=printing.available(),
        codes=printing.available() and settings.letter_codes,
    )


@town_hall.get("/mairie/familles/<int:family_id>/enfants/<opaque:public_id>/photo")
@needs(Right.FAMILIES)
def child_photo(family_id: int, public_id: str) -> ResponseReturnValue:
    """A child's photo."""
    return _sent(family_id, children.photo(family_id, public_id))


@town_hall.get("/mairie/familles/<int:family_id>/factures/<opaque:public_id>")
@needs(Right.AMOUNTS)
def family_invoice(family_id: int, public_id: str) -> ResponseReturnValue:
    """The PDF of an invoice that the town gave; without one, the paper that the family prints."""
    found = invoices.find(family_id, public_id)
    if found is None or found.pdf or not printing.available():
        return _sent(family_id, found.pdf if found else None)
    opening.ensure(current_clerk(), family_id)
    html = render_template(
        "family/invoice.html",
        invoice=found,
        means=payment_means.of_invoice(family_id, found),
        letterhead=letterheads.of_family(family_id),
    )
    return _printed(html, found.title)


@town_hall.get("/mairie/familles/<int:family_id>/releve")
@needs(Right.AMOUNTS)
@only_with_printing
def family_statement(family_id: int) -> ResponseReturnValue:
    """The statement of the family, as it may print it too."""
    if not lookup.exists(family_id):
        abort(404)
    opening.ensure(current_clerk(), family_id)
    letterhead = letterheads.of_family(family_id)
    html = render_template(
        "print/statement.html",
        statement=statement.whole(family_id, "").latest(statement.MOST_ON_PAPER),
        letterhead=letterhead,
        today=today(),
    )
    return _printed(html, f"relevé de compte {letterhead.family_number}")


def _printed(html: str, name: str) -> Response:
    with printing.making.passing():
        return send_made_file(printing.to_pdf(html), PDF, name, inline=True)


def _sent(family_id: int, file: FoundFile | None) -> Response:
    """Send a file of a family, to whoever is in the journal for it."""
    if file is not None:
        opening.ensure(current_clerk(), family_id)
    return send_stored_file(file, inline=True)
