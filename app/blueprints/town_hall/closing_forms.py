"""The forms of « Fermer »: what is closed, when and why; and what is added when it opens again."""

from wtforms import SelectChoice, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from app.blueprints.town_hall.document_forms import LONGEST_DAY, NO_DAY
from app.services.bookings.closings import closing_days, closing_list
from app.services.bookings.closings.closing import LONGEST_REASON
from app.services.bookings.closings.closing_extent import Extent
from app.web.fields import AnyDayField, LineField, SentenceField, TextField, read_day
from app.web.forms import Form

LONGEST_TEXT = 2000
NO_SERVICE = "Cochez au moins un service."
NO_REASON = "Dites pourquoi, comme «\u00a0grève du personnel\u00a0»\u00a0: les familles le lisent."


class ClosingForm(Form):
    """What is closed, when and why."""

    service = SelectMultipleField("Services", validators=[InputRequired(NO_SERVICE)])
    school = SelectMultipleField("Écoles (aucune cochée\u00a0: toutes)")
    first = AnyDayField("Premier jour")
    last = LineField("Dernier jour (facultatif)", LONGEST_DAY, widget=DateInput())
    reason = SentenceField("Motif", LONGEST_REASON, NO_REASON)
    text = TextField("À ajouter au message (facultatif)", LONGEST_TEXT)

    def validate_last(self, field: LineField) -> None:
        """Want a day, or nothing."""
        if field.data and read_day(field.data) is None:
            raise ValidationError(NO_DAY)

    def offer(self) -> None:
        """Offer what there is to choose among."""
        self.service.choices = [SelectChoice(*each) for each in closing_list.services()]
        self.school.choices = [SelectChoice(each, each) for each in closing_list.schools()]

    @property
    def extent(self) -> Extent:
        """Read what is closed, once the form is valid. Raises Refusal."""
        first, last = read_day(self.first.data or ""), read_day(self.last.data or "")
        assert first is not None
        services, schools = self.service.data or (), self.school.data or ()
        return closing_days.between(first, last or first, services, schools)


class OpeningForm(Form):
    """What is added to what families read when it opens again."""

    text = TextField("À ajouter au message (facultatif)", LONGEST_TEXT)
