"""The form of « Nos semaines »."""

from wtforms import RadioField

from app.web.turns_form import WEEKS, TurnsForm


class OurWeeksForm(TurnsForm):
    """The weeks that a home proposes for itself; the other one would have all the others."""

    weeks = RadioField("Vos semaines", choices=WEEKS, validate_choice=False)
