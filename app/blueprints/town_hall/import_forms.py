"""The forms of « Import »."""

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField

from app.services.importing import uploading
from app.services.importing.runs import Choices, Run
from app.web.fields import LineField
from app.web.forms import Form

LONGEST_NUMBER = 12
# What JavaScript stops before it leaves.
HEAVIEST = {
    "data-heaviest": str(uploading.LARGEST),
    "data-too-heavy": f"pèse plus de {uploading.LARGEST_MEBIBYTES}\u00a0Mo.",
}


class UploadForm(Form):
    """What the town's software exports."""

    files = MultipleFileField("Fichiers de votre logiciel", render_kw=HEAVIEST)


class ImportForm(Form):
    """What whoever has read a preview chooses."""

    archive_missing = BooleanField("Fermer l’accès des familles absentes des fichiers")
    remove_missing = BooleanField("Retirer les factures et règlements absents des fichiers")
    mail = BooleanField("Prévenir les parents de ce qui est nouveau, par courriel")
    closing = LineField("Nombre d’accès à fermer", LONGEST_NUMBER)

    def fill(self, run: Run) -> None:
        """Show what was chosen before."""
        self.archive_missing.data = run.choices.archive_missing
        self.remove_missing.data = run.choices.remove_missing
        self.mail.data = run.choices.mail

    @property
    def choices(self) -> Choices:
        """Read them; what is no number says nothing."""
        typed = "".join((self.closing.data or "").split())
        said = int(typed) if typed.isascii() and typed.isdigit() else None
        return Choices(self.archive_missing.data, self.remove_missing.data, self.mail.data, said)

    def differs_from(self, run: Run) -> bool:
        """Tell whether the import would do something else than what was read."""
        return self.choices[:2] != run.choices[:2]
