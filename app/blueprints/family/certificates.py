"""« Attestations de paiement »."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.billing import certificates as service
from app.web import printing
from app.web.access import current_account
from app.web.files import PDF, send_made_file
from app.web.forms import STALE_PAGE, EmptyForm
from app.web.site_map import labelled


@family.get("/attestations")
@labelled("Attestations de paiement", place=5)
def certificates() -> ResponseReturnValue:
    """The years that something was paid in."""
    return render_template(
        "family/certificates.html",
        years=service.years(current_account().family_id),
        can_print=printing.available(),
    )


@family.post("/attestations/<year>")
def certificate(year: str) -> ResponseReturnValue:
    """One of them, made on the spot; where no PDF can be made, the browser prints the page."""
    if not EmptyForm().validate():
        flash(STALE_PAGE, "info")
        return redirect(url_for("family.certificates"))
    made = service.make(current_account(), year)
    if made is None:
        abort(404)
    html = render_template("print/certificate.html", certificate=made, letterhead=made.letterhead)
    if not printing.available():
        return html
    return send_made_file(printing.to_pdf(html), PDF, f"attestation de paiement {year}")
