"""The form of « Semaines de ce foyer »."""

from typing import Any, Self

from wtforms import BooleanField, RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import StopValidation

from app.booking_kinds import CustodyPattern
from app.formats import WEEKDAYS, today
from app.services.bookings.judge.custody import Turns
from app.web.fields import MaybeDayField, read_day
from app.web.forms import Form

EVERY = "toutes"
NO_ANCHOR = "Donnez un jour d’une semaine de ce foyer, comme 07/12/2026."
NO_WEEKS = "Choisissez les semaines de ce foyer."


class AnchorField(MaybeDayField):
    """A day of one of the weeks, for whoever has every other one."""

    def pre_validate(self, form: Any) -> None:
        """Want it where weeks are counted from it."""
        super().pre_validate(form)
        if form.weeks.data == CustodyPattern.ALTERNATE and not self.data:
            raise StopValidation(NO_ANCHOR)


class WeeksForm(Form):
    """In which weeks a home has a child, and whether the other one has all the others."""

    weeks = RadioField(
        "Ce foyer a l’enfant",
        choices=[
            SelectChoice(EVERY, "Toutes les semaines"),
            SelectChoice(CustodyPattern.ISO_EVEN.value, "Les semaines paires"),
            SelectChoice(CustodyPattern.ISO_ODD.value, "Les semaines impaires"),
            SelectChoice(CustodyPattern.ALTERNATE.value, "Une semaine sur deux"),
        ],
        validate_choice=False,
    )
    handover = SelectField(
        "Jour du passage d’un foyer à l’autre",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
        validate_choice=False,
    )
    anchor = AnchorField("Un jour d’une semaine de ce foyer")
    for_both = BooleanField("L’autre foyer a les autres semaines")

    @classmethod
    def of(cls, turns: Turns | None) -> Self:
        """Fill it with what is said of the home."""
        return cls(
            data={
                "weeks": turns.pattern.value if turns else EVERY,
                "handover": str(turns.handover if turns else 0),
                "anchor": turns.anchor.isoformat() if turns else "",
                "for_both": True,
            }
        )

    def validate_weeks(self, field: RadioField) -> None:
        """Want one of them."""
        if field.data not in {EVERY, *CustodyPattern}:
            raise ValidationError(NO_WEEKS)

    def validate_handover(self, field: SelectField) -> None:
        """Want a day of the week."""
        if field.data not in map(str, range(len(WEEKDAYS))):
            raise ValidationError("Choisissez le jour du passage.")

    @property
    def turns(self) -> Turns | None:
        """Read them, once the form is valid; None for all the weeks."""
        if self.weeks.data == EVERY:
            return None
        anchor = read_day(self.anchor.data or "") or today()
        return Turns(CustodyPattern(self.weeks.data), int(self.handover.data), anchor)
