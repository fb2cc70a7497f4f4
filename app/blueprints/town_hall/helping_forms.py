"""The forms of a family's file: an address, a note, why a child is taken out, its erasure."""

from typing import NamedTuple

from wtforms import BooleanField, Field, Label
from wtforms.fields.core import Flags

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

    def of(self, person: GuardianCard) -> "AddressFields":
        """Show it beside those of others: a form each would take a tenth of the page's time."""
        return AddressFields(
            _shown(self.email, f"courriel-{person.id}", person.email),
            _shown(self.verified, f"verifie-{person.id}", False),
        )


class ShownField(NamedTuple):
    """A field as templates draw it, of a form that stands on a page several times."""

    id: str
    name: str
    label: Label
    data: object
    flags: Flags
    widget: object
    errors: tuple[str, ...] = ()


class AddressFields(NamedTuple):
    """The fields of one guardian's form."""

    email: ShownField
    verified: ShownField


def _shown(field: Field, number: str, data: object) -> ShownField:
    return ShownField(number, field.name, field.label, data, field.flags, field.widget)


class NoteForm(Form):
    """What the town hall writes down for itself."""

    note = TextField("Nouvelle note", notes.LONGEST, "Écrivez la note.")


class TakingOutForm(Form):
    """Why a child is not of this family."""

    reason = LineField("Raison", LONGEST_REASON, NO_REASON)


class ErasingForm(Form):
    """The family's number, typed by whoever means it."""

    number = LineField("Numéro de la famille", LONGEST_NUMBER, "Tapez le numéro de la famille.")
