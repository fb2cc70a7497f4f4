"""« Attestations de paiement »."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.billing import certificates as service
from app.web import printing
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.files import send_paper
from app.web.forms import left_open
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
@stands_on("family.certificates")
def certificate(year: str) -> ResponseReturnValue:
    """One of them, made on the spot; where no PDF can be made, the browser prints a page."""
    if stale := left_open():
        return stale
    made = service.make(current_account(), year)
    if made is None:
        abort(404)
    if not printing.available():
        return redirect(url_for("family.certificate_page", year=year))
    return send_paper(_page(made), f"attestation de paiement {year}")


@family.get("/attestations/<year>/a-imprimer")
def certificate_page(year: str) -> ResponseReturnValue:
    """The same, for the browser to print."""
    found = service.read(current_account().family_id, year)
    if found is None:
        abort(404)
    return _page(found)


def _page(found: service.Certificate) -> str:
    return render_template("print/certificate.html", certificate=found, letterhead=found.letterhead)
