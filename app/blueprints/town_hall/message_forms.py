"""The forms of « Messages »."""

from datetime import datetime, time

from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput, HiddenInput, TimeInput

from app.blueprints.town_hall.target_form import LONGEST_NUMBER, TargetForm
from app.formats import town_zone
from app.services.inbox import composing, replies
from app.services.inbox.composing import Letter
from app.web.fields import HEAVIEST, LineField, TextField, read_day
from app.web.forms import Form

NOW, LATER = "maintenant", "plus-tard"
NO_HOUR = "Donnez un jour et une heure, ou choisissez «\u00a0Maintenant\u00a0»."


class MessageForm(TargetForm):
    """« Écrire aux familles »."""

    sender = LineField("De", composing.LONGEST_SENDER)
    subject = LineField("Objet", composing.LONGEST_SUBJECT, "Donnez un objet au message.")
    body = TextField("Texte", composing.LONGEST_BODY, "Écrivez le texte du message.")
    files = MultipleFileField("Fichiers à joindre (facultatif)", render_kw=HEAVIEST)
    removed = SelectMultipleField("Fichiers à retirer", validate_choice=False)
    answerable = BooleanField("Les familles peuvent répondre")
    mails = BooleanField("Prévenir par courriel les parents qui le veulent")
    when = RadioField(
        "Quand",
        choices=[SelectChoice(NOW, "Maintenant"), SelectChoice(LATER, "Plus tard")],
        validators=[InputRequired("Dites quand.")],
    )
    day = LineField("Jour", LONGEST_NUMBER, widget=DateInput())
    hour = LineField("Heure", LONGEST_NUMBER, widget=TimeInput())

    def show(self, letter: Letter) -> None:
        """Show a draft."""
        self.show_target(letter.target)
        self.sender.data, self.subject.data = letter.sender, letter.subject
        self.body.data = letter.body
        self.answerable.data, self.mails.data = letter.answerable, letter.mails
        self.when.data = LATER if letter.planned_for else NOW
        if letter.planned_for:
            local = letter.planned_for.astimezone(town_zone())
            self.day.data, self.hour.data = local.date().isoformat(), f"{local:%H:%M}"

    def validate_when(self, _field: RadioField) -> None:
        """Want a day and an hour for later."""
        if self.when.data == LATER and self.planned_for is None:
            raise ValidationError(NO_HOUR)

    @property
    def planned_for(self) -> datetime | None:
        """Read the hour chosen, in the town; None for now, or for what is none."""
        day = read_day(self.day.data or "")
        if self.when.data != LATER or day is None:
            return None
        try:
            hour = time.fromisoformat(self.hour.data or "")
        except ValueError:
            return None
        return datetime.combine(day, hour.replace(tzinfo=None), town_zone())

    @property
    def letter(self) -> Letter:
        """Read all of it, once it is valid."""
        return Letter(
            target=self.target,
            subject=self.subject.data or "",
            body=self.body.data or "",
            sender=self.sender.data or "",
            answerable=bool(self.answerable.data),
            mails=bool(self.mails.data),
            planned_for=self.planned_for,
        )


class CorrectionForm(Form):
    """What a message that was sent says."""

    subject = LineField("Objet", composing.LONGEST_SUBJECT, "Donnez un objet au message.")
    body = TextField("Texte", composing.LONGEST_BODY, "Écrivez le texte du message.")


class AnswerForm(Form):
    """What the town hall answers one family, among the threads of a message."""

    family = IntegerField(widget=HiddenInput())
    text = TextField("Votre réponse", replies.LONGEST_REPLY, "Écrivez votre réponse.")

    @classmethod
    def of(cls, family_id: int) -> "AnswerForm":
        """Show it under the thread of a family, with what was typed there."""
        form = cls()
        if form.family.data != family_id:
            form.text.data, form.text.errors, form.form_errors = "", [], []
        form.family.data = family_id
        form.text.id = f"reponse-{family_id}"
        return form
