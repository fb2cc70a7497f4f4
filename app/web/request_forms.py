"""The short form of each kind of request: a parent's own, which a clerk fills in for a caller."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import Field, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from app.formats import today
from app.services.files.uploads import CheckedFile
from app.services.requests import choices
from app.services.requests.answers import MOMENTS, WEEKDAYS
from app.services.requests.kinds import Kind
from app.services.requests.sending import Asked
from app.web.fields import HEAVIEST, DayField, SendingKeyField, TextField, read_day
from app.web.forms import Form
from app.web.heavy_forms import checked_files

LONGEST_TEXT = 2000
YEARS = 4
WRONG_ORDER = "Choisissez un dernier jour qui ne vient pas avant le premier."
CHOOSE_CHILD = "Choisissez un enfant."
CHOOSE_CHILDREN = "Choisissez au moins un enfant."
CHOOSE_INVOICE = "Choisissez une facture."
CHOOSE_DAYS = "Choisissez au moins un jour."
CHOOSE_MOMENTS = "Choisissez au moins un moment."
CHOOSE_YEAR = "Choisissez une année."
UNWRITTEN = frozenset({"csrf_token", "sending_key", "files"})
# Kept beside the other answers: they are the family's, and looked up.
LOOKED_UP = frozenset({"child", "children", "invoice"})


class OneOf(RadioField):
    """One answer among a few, known when the form is shown."""

    def __init__(self, label: str, missing: str, **kwargs: Any) -> None:
        """Take the sentence for an answer that is not one of them."""
        super().__init__(
            label,
            validators=[InputRequired(missing)],
            invalid_choice_message=missing,
            choices=[],
            **kwargs,
        )


class SomeOf(SelectMultipleField):
    """One answer or several, among a few."""

    def __init__(
        self,
        label: str,
        missing: str,
        among: Mapping[str, str] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        """Take the sentence for none, and the answers where they are the same for all."""
        super().__init__(
            label,
            validators=[DataRequired(missing)],
            invalid_choice_message=missing,
            choices=[SelectChoice(key, words.capitalize()) for key, words in among.items()],
            **kwargs,
        )


class RequestForm(Form):
    """What every kind has: its name as a sending, and files."""

    # Where it is sent to; empty for the address of its page.
    action = ""
    sending_key = SendingKeyField()
    files = MultipleFileField("Pièces à joindre (facultatif)", render_kw=HEAVIEST)

    @property
    def lines(self) -> list[Field]:
        """List what the parent fills in before the check."""
        return [field for field in self if field.name not in UNWRITTEN]

    @property
    def details(self) -> dict[str, object]:
        """Return the answers by name, but the child and the invoice."""
        return {
            field.name: field.data
            for field in self.lines
            if field.name not in LOOKED_UP and field.data
        }

    @property
    def told(self) -> dict[str, object]:
        """Return them as they are read over before they leave."""
        return self.details

    @property
    def lacks_choices(self) -> bool:
        """Tell whether it is about something that the family has none of, and cannot be sent."""
        return any(isinstance(field, OneOf | SomeOf) and not field.choices for field in self)

    def chosen(self, name: str) -> list[str]:
        """Return the public ids of the chosen children or invoice; none for another kind."""
        if name not in self or not self[name].data:
            return []
        return self[name].data if isinstance(self[name], SomeOf) else [self[name].data]

    @property
    def chosen_children(self) -> list[str]:
        """Return the public ids of the children that it is about."""
        return self.chosen("child") + self.chosen("children")

    def words_for(self, name: str) -> list[str]:
        """Return what the chosen children or invoice read."""
        if name not in self:
            return []
        labels = {each.value: str(each.label) for each in self[name].choices}
        return [labels[value] for value in self.chosen(name) if value in labels]

    @property
    def asked(self) -> Asked:
        """Return what is asked for, to be sent."""
        invoice = self.chosen("invoice")
        return Asked(self.details, self.chosen_children, invoice[0] if invoice else None)

    def offer(self, kind: Kind, family_id: int) -> None:
        """Let it be about what is this family's."""
        self.files.label.text = kind.files_label
        invoice = self.invoice.data or "" if "invoice" in self else ""
        offered: dict[str, Callable[[], list[tuple[str, str]]]] = {
            "child": partial(choices.of_children, family_id),
            "children": partial(choices.of_children, family_id),
            "invoice": partial(choices.of_invoices, family_id, invoice),
            "year": years,
        }
        for name in offered.keys() & set(self.data):
            self[name].choices = [SelectChoice(value, words) for value, words in offered[name]()]
        self.choose_the_only("child", "children")

    def checked_files(self, kind: Kind) -> list[CheckedFile]:
        """Look into the files that go with it. Raises UploadRefused."""
        if not kind.files:
            return []
        one = kind.needs_file
        return checked_files(self.files.data or [], kind.files, needed=one, only_one=one)

    def choose_the_only(self, *names: str) -> None:
        """Choose what there is but one of, on the page that shows the form."""
        if self.is_submitted():
            return
        for name in set(names) & set(self.data):
            field = self[name]
            if len(field.choices) == 1:
                only = field.choices[0].value
                field.data = [only] if isinstance(field, SomeOf) else only


class CanteenForm(RequestForm):
    """« Inscrire à la cantine »."""

    child = OneOf("Enfant", CHOOSE_CHILD)
    days = SomeOf("Jours de cantine", CHOOSE_DAYS, WEEKDAYS)
    starts_on = DayField("À partir du")
    text = TextField("Précisions (facultatif)", LONGEST_TEXT)


class GarderieForm(RequestForm):
    """« Inscrire à la garderie »."""

    child = OneOf("Enfant", CHOOSE_CHILD)
    days = SomeOf("Jours de garderie", CHOOSE_DAYS, WEEKDAYS)
    moments = SomeOf("Moments", CHOOSE_MOMENTS, MOMENTS)
    starts_on = DayField("À partir du")
    text = TextField("Précisions (facultatif)", LONGEST_TEXT)


class AbsenceForm(RequestForm):
    """« Signaler une absence »."""

    children = SomeOf("Enfants", CHOOSE_CHILDREN)
    starts_on = DayField("Premier jour d’absence")
    ends_on = DayField("Dernier jour d’absence")
    text = TextField("Raison (facultatif)", LONGEST_TEXT)

    def validate_ends_on(self, field: DayField) -> None:
        """An absence ends when it began, or later."""
        first, last = read_day(self.starts_on.data or ""), read_day(field.data or "")
        if first and last and last < first:
            raise ValidationError(WRONG_ORDER)


class ChildErrorForm(RequestForm):
    """« Signaler une erreur sur la fiche d’un enfant »."""

    child = OneOf("Enfant", CHOOSE_CHILD)
    text = TextField("Ce qu’il faut corriger", LONGEST_TEXT, "Écrivez ce qu’il faut corriger.")


class PhotoForm(RequestForm):
    """« Proposer une photo »."""

    child = OneOf("Enfant", CHOOSE_CHILD)


class InvoiceForm(RequestForm):
    """« Poser une question sur une facture »."""

    invoice = OneOf("Facture", CHOOSE_INVOICE)
    text = TextField("Votre question", LONGEST_TEXT, "Écrivez votre question.")


class AttestationForm(RequestForm):
    """« Demander une attestation »."""

    year = OneOf("Année", CHOOSE_YEAR)
    text = TextField("À quoi elle servira (facultatif)", LONGEST_TEXT)


class DeletionForm(RequestForm):
    """« Demander la suppression de mes données »."""

    text = TextField("Précisions (facultatif)", LONGEST_TEXT)


class OtherForm(RequestForm):
    """« Autre demande »."""

    text = TextField("Votre demande", LONGEST_TEXT, "Écrivez votre demande.")


FORMS: dict[str, type[RequestForm]] = {
    "canteen": CanteenForm,
    "garderie": GarderieForm,
    "absence": AbsenceForm,
    "child_error": ChildErrorForm,
    "photo": PhotoForm,
    "invoice_question": InvoiceForm,
    "attestation": AttestationForm,
    "account_deletion": DeletionForm,
    "other": OtherForm,
}


def years() -> list[tuple[str, str]]:
    """List the years that an attestation may be about."""
    last = today().year
    return [(str(year), str(year)) for year in range(last, last - YEARS, -1)]
