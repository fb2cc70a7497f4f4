"""The form of « Semaines de ce foyer »."""

from typing import Self

from wtforms import BooleanField, RadioField, SelectChoice

from app.services.bookings.judge.custody import Turns
from app.web.turns_form import WEEKS, TurnsForm

EVERY = "toutes"


class WeeksForm(TurnsForm):
    """In which weeks a home has a child, and whether the other one has all the others."""

    weeks = RadioField(
        "Ce foyer a l’enfant",
        choices=[SelectChoice(EVERY, "Toutes les semaines"), *WEEKS],
        validate_choice=False,
    )
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

    @property
    def said(self) -> Turns | None:
        """Read them, once the form is valid; None for all the weeks."""
        return None if self.weeks.data == EVERY else self.turns
