"""The forms of a family's file: an address, a note, why a child is taken out, its erasure."""

from wtforms import BooleanField

from app.services.accounts.addresses import LONGEST_ADDRESS
from app.services.families import notes
from app.services.town_hall.family_file.guardians import GuardianCard
from app.web.fields import LineField, TextField
from app.web.forms import Form

LONGEST_REASON = 200
LONGEST_NUMBER = 40
NO_REASON = "Dites pourquoi cet enfant n’est pas de cette famille."
VERIFIED = "J’ai vérifié qui appelle (rappel au numéro du dossier, ou pièce d’identité)"


class AddressForm(Form):
    """Where somebody is written to."""

    email = LineField("Adresse de courriel", LONGEST_ADDRESS, "Saisissez une adresse de courriel.")
    verified = BooleanField(VERIFIED)

    @classmethod
    def of(cls, person: GuardianCard) -> "AddressForm":
        """Show it beside those of others, on one page."""
        form = cls()
        form.email.id, form.verified.id = f"courriel-{person.id}", f"verifie-{person.id}"
        form.email.data = person.email
        return form


class NoteForm(Form):
    """What the town hall writes down for itself."""

    note = TextField("Nouvelle note", notes.LONGEST, "Écrivez la note.")


class TakingOutForm(Form):
    """Why a child is not of this family."""

    reason = LineField("Raison", LONGEST_REASON, NO_REASON)


class ErasingForm(Form):
    """The family's number, typed by whoever means it."""

    number = LineField("Numéro de la famille", LONGEST_NUMBER, "Tapez le numéro de la famille.")
