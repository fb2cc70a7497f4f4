"""« Boîte de réception »."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.access import current_account
from app.blueprints.family import family
from app.services import inbox


@family.get("/messages")
def messages() -> ResponseReturnValue:
    """Every message from the town hall, the newest first."""
    return render_template("family/messages.html", messages=inbox.messages(current_account()))


@family.get("/messages/<opaque:public_id>")
def message(public_id: str) -> ResponseReturnValue:
    """One message, read from now on."""
    found = inbox.open_message(current_account(), public_id)
    if found is None:
        abort(404)
    return render_template("family/message.html", message=found)
