"""The form of what a child’s health asks."""

from wtforms import SelectChoice, SelectField

from app.services.families import health as service
from app.web.fields import AnyDayField, LineField
from app.web.forms import Form


class MarkForm(Form):
    """One thing that its health asks."""

    kind = SelectField(
        "Quoi", choices=[SelectChoice(each.value, words) for each, words in service.KINDS.items()]
    )
    words = LineField(
        "En quelques mots", service.LONGEST, "Écrivez en quelques mots ce qu’il faut savoir."
    )
    until = AnyDayField("Jusqu’au")
