"""« Exporter toute la commune »: an archive that the portal reads again, made on the fly."""

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.files import send_archive
from app.web.forms import Form, show_again

FILE_NAME = "commune-portail-famille.zip"


class ExportForm(Form):
    """What goes in it."""

    files = BooleanField("Avec les photos, les factures en PDF, les documents et les pièces")


@town_hall.route("/mairie/reglages/export", methods=["GET", "POST"])
@needs(Right.EXPORT, proof=True)
def export() -> ResponseReturnValue:
    """Say what is in it, then give it."""
    form = ExportForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        # Those who export are few, and what they need heavy.
        from app.services.exporting import packing

        try:
            archive = packing.pack(current_clerk(), with_files=form.files.data)
        except Refusal as refused:
            form.form_errors.append(str(refused))
            return show_again(form)
        return send_archive(archive, FILE_NAME)
    return render_template("town_hall/export.html", form=form)
