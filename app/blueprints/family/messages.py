"""« Boîte de réception »."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.blueprints.family.message_forms import ReplyForm
from app.services.inbox import answering, listing, marking, reading
from app.services.refusals import Refusal
from app.web.access import current_account, opens_page
from app.web.drafts import stands_on
from app.web.files import send_stored_file
from app.web.forms import left_open, show_again
from app.web.site_map import labelled


@family.get("/messages")
@labelled("Boîte de réception", place=6)
def messages() -> ResponseReturnValue:
    """The messages from the town hall, the newest first."""
    asked = listing.Wanted(
        view=request.args.get("filtre", listing.EVERY_MESSAGE),
        search=request.args.get("recherche", ""),
        page=request.args.get("page", ""),
    )
    found = listing.page(current_account(), asked)
    return render_template("family/messages.html", page=found, asked=asked)


@family.get("/messages/<opaque:public_id>")
def message(public_id: str) -> ResponseReturnValue:
    """One message, read from now on."""
    found = reading.open_message(current_account(), public_id, read=opens_page())
    if found is None:
        abort(404)
    return render_template("family/message.html", message=found, form=ReplyForm())


@family.post("/messages/<opaque:public_id>/repondre")
@stands_on("family.message")
def answer_message(public_id: str) -> ResponseReturnValue:
    """Answer the town hall."""
    form = ReplyForm()
    if not form.validate():
        return show_again(form)
    try:
        if not answering.answer(current_account(), public_id, form.reply.data or "", form.key.data):
            abort(404)
    except Refusal as refused:
        form.key.renew()
        form.reply.errors = [str(refused)]
        return show_again(form)
    flash("Votre réponse est envoyée à la mairie.", "success")
    return redirect(url_for("family.message", public_id=public_id))


@family.post("/messages/<opaque:public_id>/archiver")
@stands_on("family.message")
def archive_message(public_id: str) -> ResponseReturnValue:
    """Put a message out of the list; the next page offers to put it back."""
    if stale := left_open():
        return stale
    if not marking.archive(current_account(), public_id):
        abort(404)
    undo = url_for("family.restore_message", public_id=public_id)
    # A text with the address that undoes it: see components/banner.html.
    flash({"text": "Message archivé.", "undo": undo}, "success")  # type: ignore[arg-type]
    return redirect(url_for("family.messages"))


@family.post("/messages/<opaque:public_id>/remettre")
@stands_on("family.message")
def restore_message(public_id: str) -> ResponseReturnValue:
    """Put an archived message back in the list."""
    if stale := left_open():
        return stale
    if not marking.restore(current_account(), public_id):
        abort(404)
    flash("Le message est de nouveau dans votre boîte de réception.", "success")
    return redirect(url_for("family.messages"))


@family.get("/messages/pieces/<opaque:public_id>")
def message_attachment(public_id: str) -> ResponseReturnValue:
    """A file joined to a message, to keep."""
    return send_stored_file(reading.attachment(current_account(), public_id))
