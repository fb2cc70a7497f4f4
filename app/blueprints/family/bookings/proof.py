"""« Justificatif »: the paper that says why a child did not come."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField

from app.blueprints.family.blueprint import family
from app.services.files import uploads
from app.services.files.uploads import Accepted, UploadRefused
from app.services.refusals import Refusal
from app.web.access import current_account
from app.web.fields import HEAVIEST
from app.web.files import send_stored_file
from app.web.forms import Form, show_again
from app.web.heavy_forms import checked_files, takes_files

SENT = "Votre justificatif est envoyé. La mairie le lira, et vous écrira sa réponse."


class ProofForm(Form):
    """« Envoyer le justificatif »."""

    files = MultipleFileField("Photo ou PDF du justificatif", render_kw=HEAVIEST)


@family.route(
    "/reservations/justificatif/<opaque:public_id>/<opaque:child_id>", methods=["GET", "POST"]
)
@takes_files
def absence_proof(public_id: str, child_id: str) -> ResponseReturnValue:
    """Send it, or read what the town hall said of it."""
    from app.services.bookings.proofs import missed

    found = missed.find(current_account().family_id, public_id, child_id)
    if found is None:
        abort(404)
    form = ProofForm()
    if form.is_submitted():
        return _send(form, public_id, child_id)
    return render_template(
        "family/bookings/proof.html",
        form=form,
        missed=found,
        hint=f"JPEG, PNG ou PDF, de {uploads.LARGEST_MEBIBYTES}\u00a0Mo au plus.",
        accepted=Accepted.PAPERS.value,
    )


@family.get("/reservations/justificatif/<opaque:public_id>/<opaque:child_id>/fichier")
def absence_proof_file(public_id: str, child_id: str) -> ResponseReturnValue:
    """What the family sent, as long as it is kept."""
    from app.services.bookings.proofs import missed

    found = missed.find(current_account().family_id, public_id, child_id)
    return send_stored_file(found.found_file if found else None)


def _send(form: ProofForm, public_id: str, child_id: str) -> ResponseReturnValue:
    from app.services.bookings.proofs import sending

    if not form.validate():
        return show_again(form)
    try:
        sent = form.files.data or []
        [file] = checked_files(sent, Accepted.PAPERS, needed=True, only_one=True)
        sending.send(current_account(), public_id, child_id, file)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(SENT, "success")
    return redirect(url_for("family.absence_proof", public_id=public_id, child_id=child_id))
