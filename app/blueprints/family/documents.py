"""« Infos/Documents »."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.documents import library as service
from app.web.access import current_account
from app.web.files import send_stored_file
from app.web.site_map import labelled


@family.get("/documents")
@labelled("Infos/Documents", place=9)
def documents() -> ResponseReturnValue:
    """The documents of the town hall, by category."""
    return render_template("family/documents.html", library=service.library(current_account()))


@family.get("/documents/<opaque:public_id>")
def document(public_id: str) -> ResponseReturnValue:
    """One document, to keep."""
    return send_stored_file(service.find(current_account().family_id, public_id))
