"""The forms of « Demandes »."""

from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, SelectField
from wtforms.widgets import HiddenInput

from app.services.requests import desk
from app.web.fields import HEAVIEST, DayField, TextField
from app.web.forms import Form

LONGEST_PUBLIC_ID = 16
CLOSED_DAY = "Choisissez un jour ouvré\u00a0: le {} est un {}."


class SeenForm(Form):
    """An act on a request, and the last event that its author saw of it."""

    seen = IntegerField(widget=HiddenInput())


class AnswerForm(SeenForm):
    """What the town hall says of a request."""

    text = TextField("Votre texte", desk.LONGEST_TEXT)
    files = MultipleFileField("Fichiers à joindre (facultatif)", render_kw=HEAVIEST)


class EntrustForm(SeenForm):
    """Who is to look after it."""

    clerk = SelectField("Confier à", validate_choice=False)


class PostponeForm(SeenForm):
    """Another day for the answer, and a word to the family."""

    day = DayField("Nouvelle date promise", CLOSED_DAY)
    word = TextField("Un mot à la famille (facultatif)", desk.LONGEST_TEXT)
