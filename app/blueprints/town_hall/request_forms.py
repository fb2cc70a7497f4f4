"""The forms of « Demandes »."""

from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, SelectChoice, SelectField, SelectMultipleField
from wtforms.widgets import HiddenInput

from app.services.requests import desk, ready_answers
from app.services.requests.kinds import KINDS
from app.web.fields import HEAVIEST, DayField, LineField, TextField
from app.web.forms import Form

LONGEST_PUBLIC_ID = 16
CLOSED_DAY = "Choisissez un jour ouvré\u00a0: le {} est un {}."


class SeenForm(Form):
    """An act on a request, and the last event that its author saw of it."""

    seen = IntegerField(widget=HiddenInput())


class AnswerForm(SeenForm):
    """What the town hall says of a request."""

    ready = SelectField("Modèle", coerce=int, validate_choice=False, default=0)
    text = TextField("Votre texte", desk.LONGEST_TEXT)
    files = MultipleFileField("Fichiers à joindre (facultatif)", render_kw=HEAVIEST)


class EntrustForm(SeenForm):
    """Who is to look after it."""

    clerk = SelectField("Confier à", validate_choice=False)


class PostponeForm(SeenForm):
    """Another day for the answer, and a word to the family."""

    day = DayField("Nouvelle date promise", CLOSED_DAY)
    word = TextField("Un mot à la famille (facultatif)", desk.LONGEST_TEXT)


class TogetherForm(Form):
    """What is done to several requests at once."""

    # As rows are ticked: see components/list.html.
    choix = SelectMultipleField(validate_choice=False)
    clerk = SelectField("Confier à", validate_choice=False)
    text = TextField("Le même texte pour toutes (facultatif)", desk.LONGEST_TEXT)


class ReadyAnswerForm(Form):
    """An answer to have ready."""

    kind = SelectField(
        "Pour quelles demandes",
        choices=[
            SelectChoice("", "Toutes les sortes"),
            *(SelectChoice(kind.key, kind.label) for kind in KINDS),
        ],
        validate_choice=False,
    )
    name = LineField("Nom du modèle", ready_answers.LONGEST_NAME, ready_answers.NO_NAME)
    text = TextField("Texte", desk.LONGEST_TEXT, ready_answers.NO_TEXT)
