"""« Fichiers des services »: what the town's software says of them, read before it is written.

What does it is loaded when it is asked for: a town gives such files once a year.
"""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.forms import show_again
from app.web.heavy_forms import takes_an_import


@town_hall.route("/mairie/services/fichiers", methods=["GET", "POST"])
@needs(Right.SERVICES)
@takes_an_import
def service_files() -> ResponseReturnValue:
    """Files to read."""
    from app.blueprints.town_hall.import_forms import UploadForm
    from app.services.importing import service_uploads

    form = UploadForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            key = service_uploads.receive(form.sent())
        except Refusal as refused:
            form.files.errors = [str(refused)]
            return show_again(form)
        return redirect(url_for("town_hall.service_files_read", key=key))
    return render_template("town_hall/service_files.html", form=form)


@town_hall.route("/mairie/services/fichiers/<opaque:key>", methods=["GET", "POST"])
@needs(Right.SERVICES)
def service_files_read(key: str) -> ResponseReturnValue:
    """What they would change, or what is to be put right; then it is written."""
    from app.blueprints.town_hall.import_forms import ReadForm
    from app.services.importing import deciding, recording, service_uploads
    from app.services.importing.faults import ImportRefused

    form = ReadForm()
    try:
        if form.validate_on_submit():
            done = service_uploads.write(key, form.reading.data or "", current_clerk())
            return redirect(url_for("town_hall.import_run", number=done.number))
        done, form.reading.data = service_uploads.read(key, current_clerk())
    except ImportRefused as refused:
        told = recording.of_refusal(refused)
        return render_template(
            "town_hall/service_files_refused.html",
            count=told["faults_count"],
            groups=recording.by_remedy(told["faults"]),
        )
    except Refusal as refused:
        flash(str(refused), "error")
        is_other = refused.reason is Reason.OUTDATED
        again = url_for("town_hall.service_files_read", key=key) if is_other else None
        return redirect(again or url_for("town_hall.service_files"))
    return render_template(
        "town_hall/service_files_read.html", done=done, shown=deciding.SHOWN, form=form
    )
