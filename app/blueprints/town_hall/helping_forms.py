"""The form of a guardian's address."""

from wtforms import BooleanField

from app.services.accounts.addresses import LONGEST_ADDRESS
from app.services.town_hall.family_file.guardians import GuardianCard
from app.web.fields import LineField
from app.web.forms import Form

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
