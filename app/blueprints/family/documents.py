"""« Infos/Documents »."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.access import current_account
from app.blueprints.family import family
from app.blueprints.family.files import send_stored_file
from app.services import documents as library


@family.get("/documents")
def documents() -> ResponseReturnValue:
    """The documents of the town hall, by category."""
    groups = library.by_category(current_account().family_id)
    return render_template("family/documents.html", groups=groups)


@family.get("/documents/<opaque:public_id>")
def document(public_id: str) -> ResponseReturnValue:
    """One document, to keep."""
    found = library.find(current_account().family_id, public_id)
    if found is None:
        abort(404)
    return send_stored_file("documents", found.file, found.title)
