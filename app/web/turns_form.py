"""In which weeks a home has a child, as the town hall and parents say them."""

from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import StopValidation

from app.booking_kinds import CustodyPattern
from app.formats import WEEKDAYS, today
from app.services.bookings.judge.custody import Turns
from app.web.fields import MaybeDayField, read_day
from app.web.forms import Form

WEEKS = [
    SelectChoice(CustodyPattern.ISO_EVEN.value, "Les semaines paires"),
    SelectChoice(CustodyPattern.ISO_ODD.value, "Les semaines impaires"),
    SelectChoice(CustodyPattern.ALTERNATE.value, "Une semaine sur deux"),
]
NO_ANCHOR = "Donnez un jour d’une semaine de ce foyer, comme 07/12/2026."
NO_HANDOVER = "Choisissez le jour du passage."


class AnchorField(MaybeDayField):
    """A day of one of the weeks, for whoever has every other one."""

    def pre_validate(self, form: Any) -> None:
        """Want it where weeks are counted from it."""
        super().pre_validate(form)
        if form.weeks.data == CustodyPattern.ALTERNATE and not self.data:
            raise StopValidation(NO_ANCHOR)


class TurnsForm(Form):
    """Even, odd or every other week, and the day on which the child is handed over.

    Whoever makes one of it says what there is to choose among.
    """

    weeks: RadioField
    handover = SelectField(
        "Jour du passage d’un foyer à l’autre",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
        validate_choice=False,
    )
    anchor = AnchorField("Un jour d’une semaine de ce foyer")

    def validate_weeks(self, field: RadioField) -> None:
        """Want one of them."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Choisissez les semaines de ce foyer.")

    def validate_handover(self, field: SelectField) -> None:
        """Want a day of the week."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(NO_HANDOVER)

    @property
    def turns(self) -> Turns:
        """Read them, once the form is valid."""
        anchor = read_day(self.anchor.data or "") or today()
        return Turns(CustodyPattern(self.weeks.data), int(self.handover.data), anchor)
