"""The forms of « Documents »."""

from datetime import date

from flask_wtf.file import MultipleFileField
from wtforms import ValidationError
from wtforms.widgets import DateInput

from app.blueprints.town_hall.target_form import TargetForm
from app.services.documents import giving
from app.services.documents.giving import Publication
from app.web.fields import HEAVIEST, LineField, read_day
from app.web.forms import Form

LONGEST_DAY = 40
NO_DAY = "Donnez un jour comme 24/11/2026, ou laissez vide."


class ReplacementForm(Form):
    """Another file, at the same address."""

    files = MultipleFileField("Nouveau fichier", render_kw=HEAVIEST)


class DocumentForm(TargetForm):
    """« Publier un document »."""

    files = MultipleFileField("Fichier", render_kw=HEAVIEST)
    title = LineField("Titre", giving.LONGEST_TITLE, "Donnez un titre au document.")
    category = LineField("Rubrique", giving.LONGEST_CATEGORY, "Donnez une rubrique au document.")
    shown_from = LineField("À partir du (facultatif)", LONGEST_DAY, widget=DateInput())
    shown_until = LineField("Jusqu’au (facultatif)", LONGEST_DAY, widget=DateInput())

    def validate_shown_from(self, field: LineField) -> None:
        """Want a day, or nothing."""
        if field.data and read_day(field.data) is None:
            raise ValidationError(NO_DAY)

    validate_shown_until = validate_shown_from

    @property
    def publication(self) -> Publication:
        """Read all of it, once it is valid."""
        return Publication(
            self.target,
            self.title.data or "",
            self.category.data or "",
            _day(self.shown_from),
            _day(self.shown_until),
        )


def _day(field: LineField) -> date | None:
    return read_day(field.data or "")
