"""The list of requests, and one that left: read, completed, taken back."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField

from app.blueprints.family.blueprint import family
from app.services.files import uploads
from app.services.files.uploads import UploadRefused
from app.services.requests import acting, listing, moving, reading
from app.services.requests.acting import Outcome
from app.services.requests.reading import RequestDetails
from app.web.access import current_account
from app.web.drafts import stands_on
from app.web.fields import HEAVIEST
from app.web.files import send_stored_file
from app.web.forms import EmptyForm, Form, show_again
from app.web.heavy_forms import checked_files, takes_files
from app.web.site_map import labelled

ADDED = "Votre pièce est ajoutée à la demande."
WITHDRAWN = "Votre demande est retirée."
CLOSED = "La demande est close\u00a0: elle ne change plus. Faites-en une nouvelle si besoin."
# What shows where a request stands.
family.app_template_global()(moving.state_words)
TOO_MANY = f"Une demande porte {acting.MOST_FILES} pièces au plus. Faites une nouvelle demande."


class PiecesForm(Form):
    """« Ajouter une pièce »."""

    files = MultipleFileField("Pièces à ajouter", render_kw=HEAVIEST)


@family.get("/demandes")
@labelled("Liste des demandes", place=7)
def requests() -> ResponseReturnValue:
    """What the family asked, and what became of it."""
    page = listing.listed(current_account(), asked.args.get("page", ""))
    # The open ones come first.
    waiting = sum(line.is_open for line in page.items)
    return render_template(
        "family/requests/list.html",
        page=page,
        waiting=page.items[:waiting],
        over=page.items[waiting:],
    )


@family.get("/demandes/<opaque:public_id>")
def request(public_id: str) -> ResponseReturnValue:
    """One request, with its history."""
    found = _found(public_id)
    return render_template(
        "family/requests/request.html",
        request_=found,
        form=PiecesForm(),
        hint=uploads.HINTS[found.accepted],
    )


@family.get("/demandes/<opaque:public_id>/pieces/<opaque:file_id>")
def request_file(public_id: str, file_id: str) -> ResponseReturnValue:
    """A file that the family joined, to keep."""
    return send_stored_file(reading.find_file(current_account(), public_id, file_id))


@family.post("/demandes/<opaque:public_id>/pieces")
@stands_on("family.request")
@takes_files
def add_pieces(public_id: str) -> ResponseReturnValue:
    """« Ajouter une pièce »."""
    found = _found(public_id)
    form = PiecesForm()
    if not form.validate():
        return show_again(form)
    try:
        files = checked_files(form.files.data or [], found.accepted, needed=True)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    outcome = acting.add_files(current_account(), public_id, files)
    said = {Outcome.DONE: ADDED, Outcome.TOO_MANY: TOO_MANY}.get(outcome, CLOSED)
    flash(said, "success" if outcome is Outcome.DONE else "info")
    return redirect(url_for("family.request", public_id=public_id))


@family.route("/demandes/<opaque:public_id>/retirer", methods=["GET", "POST"])
def withdraw_request(public_id: str) -> ResponseReturnValue:
    """« Retirer ma demande », once it was asked whether one is sure."""
    found = _found(public_id)
    form = EmptyForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        outcome = acting.withdraw(current_account(), public_id)
        done = outcome is Outcome.DONE
        flash(WITHDRAWN if done else CLOSED, "success" if done else "info")
        return redirect(url_for("family.request", public_id=public_id))
    if not found.is_open:
        return redirect(url_for("family.request", public_id=public_id))
    return render_template("family/requests/withdraw.html", request_=found, form=form)


def _found(public_id: str) -> RequestDetails:
    found = reading.find(current_account(), public_id)
    if found is None:
        abort(404)
    return found
