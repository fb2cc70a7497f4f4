"""In which weeks a home has a child, as the town hall and parents say them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, request
from wtforms import RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import StopValidation

from app.booking_kinds import CustodyPattern
from app.formats import WEEKDAYS, day_and_month, today
from app.services.bookings.judge.custody import Turns
from app.services.refusals import Refusal
from app.web.fields import NOT_A_DAY, MaybeDayField, read_day
from app.web.forms import Form

WEEKS = [
    SelectChoice(CustodyPattern.ISO_EVEN.value, "Les semaines paires"),
    SelectChoice(CustodyPattern.ISO_ODD.value, "Les semaines impaires"),
    SelectChoice(CustodyPattern.ALTERNATE.value, "Une semaine sur deux"),
]
NO_ANCHOR = "Donnez un jour d’une semaine de ce foyer, comme 07/12/2026."
NO_HANDOVER = "Choisissez le jour du passage."


def do_with_day(act: Callable[[date], bool], said: str) -> None:
    """Do something with the day that a form sends, and say so; nothing is there when it is False.

    `said` has a place for the day.
    """
    day = read_day(request.form.get("day", ""))
    if day is None:
        flash(NOT_A_DAY, "info")
        return
    try:
        if not act(day):
            abort(404)
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(said.format(day_and_month(day)), "success")


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
