"""The forms of « Import »."""

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, SelectMultipleField

from app.services.importing import uploading
from app.services.importing.deciding import Subject
from app.services.importing.runs import Choices, Run
from app.services.importing.uploading import Sent
from app.web.fields import LineField
from app.web.forms import Form

LONGEST_NUMBER = 12
FOLLOW, WITHDRAW = "Tout suivre", "Tout retirer"
YES = {
    Subject.ACCEPTED: FOLLOW,
    Subject.ADDRESS: FOLLOW,
    Subject.INVOICE: WITHDRAW,
    Subject.PAYMENT: WITHDRAW,
    Subject.CHILD: WITHDRAW,
}
# What JavaScript stops before it leaves.
HEAVIEST = {
    "data-heaviest": str(uploading.LARGEST),
    "data-too-heavy": f"pèse plus de {uploading.LARGEST_MEBIBYTES}\u00a0Mo.",
}


class UploadForm(Form):
    """What the town's software exports."""

    files = MultipleFileField("Fichiers de votre logiciel", render_kw=HEAVIEST)

    def sent(self) -> list[Sent]:
        """List what was chosen."""
        return [Sent(each.filename or "", each.stream) for each in self.files.data or () if each]


class ReadForm(Form):
    """Files of services, written as they were read."""

    reading = HiddenField()


class ImportForm(Form):
    """What whoever has read a preview chooses."""

    archive_missing = BooleanField("Fermer l’accès des familles absentes des fichiers")
    mail = BooleanField("Prévenir les parents de ce qui est nouveau, par courriel")
    closing = LineField("Nombre d’accès à fermer", LONGEST_NUMBER)
    # Of what was read when the page was drawn.
    reading = HiddenField()

    def fill(self, run: Run) -> None:
        """Show what was chosen before."""
        self.archive_missing.data = run.choices.archive_missing
        self.mail.data = run.choices.mail
        for subject in Subject:
            decision, (_, shown) = run.choices.decisions[subject], run.offered(subject)
            self[subject].data = [each.key for each in shown if decision.on(each.key)]

    def choices(self, run: Run) -> Choices:
        """Read them; what is no number says nothing. Raises Refusal when rows are not of `run`."""
        typed = "".join((self.closing.data or "").split())
        said = int(typed) if typed.isascii() and typed.isdigit() else None
        whole = {
            subject: self[for_all(subject)].data == "oui"
            for subject in Subject
            if self[for_all(subject)].data in {"oui", "non"}
        }
        decisions = {each: run.decided(each, whole, self[each].data or ()) for each in Subject}
        reading = self.reading.data or ""
        return Choices(self.archive_missing.data, decisions, self.mail.data, said, reading)


def for_all(subject: Subject) -> str:
    """Name the field that decides of all rows."""
    return f"{subject}-tous"


for _each in Subject:
    # The rows that are ticked, by their keys: whether they are of the page, the import says.
    setattr(ImportForm, _each, SelectMultipleField(choices=[], validate_choice=False))
    _answers = [
        SelectChoice(*each)
        for each in (("", "Comme coché"), ("non", "Tout garder"), ("oui", YES[_each]))
    ]
    setattr(
        ImportForm,
        for_all(_each),
        SelectField("Pour toutes les lignes", choices=_answers, default="", validate_choice=False),
    )
