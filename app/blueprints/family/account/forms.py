"""The forms of « Mon compte »."""

import re
from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    StopValidation,
    ValidationError,
)

from app.services.profile import details
from app.typed_text import one_line
from app.web.fields import LineField, SendingKeyField
from app.web.forms import Form

FRENCH_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
CHOOSE_TITLE = "Choisissez votre civilité."
PHONE_ADVICE = (
    "Vérifiez ce numéro\u00a0: il s’écrit comme 06\u00a039\u00a098\u00a000\u00a031, "
    "ou avec + et l’indicatif du pays."
)


class EmailForm(Form):
    """A new e-mail address, and the current password."""

    address = EmailField(
        "Nouvelle adresse de courriel",
        validators=[DataRequired("Saisissez votre nouvelle adresse de courriel.")],
        filters=[one_line],
    )
    current_password = PasswordField(
        "Mot de passe actuel",
        validators=[InputRequired("Saisissez votre mot de passe actuel.")],
    )

    def __init__(self, problem: Callable[[str], str | None]) -> None:
        """Take the function that says what is wrong with an address for this account."""
        super().__init__()
        self._problem = problem

    def validate_address(self, field: EmailField) -> None:
        """Say what to do about the address."""
        advice = self._problem(field.data)
        if advice:
            raise ValidationError(advice)


class MailWishesForm(Form):
    """« Courriels que je reçois »."""

    messages = BooleanField("Un nouveau message de la mairie")
    invoices = BooleanField("Une nouvelle facture")
    requests = BooleanField("Une réponse à une demande, une réservation")
    reminders = BooleanField("Une semaine qui n’est pas encore réservée, avant sa limite")


class PhoneField(LineField):
    """A phone number, in any French or international way of writing it; may stay empty."""

    def __init__(self, label: str, autocomplete: str, **kwargs: Any) -> None:
        """Only the label differs, and what the browser may fill in."""
        attributes = {"inputmode": "tel", "autocomplete": autocomplete, "class": "short"}
        super().__init__(label, longest=40, render_kw=attributes, **kwargs)

    def pre_validate(self, form: Form) -> None:
        """Write the number as the town's files do; one that the town gave stays as it is."""
        super().pre_validate(form)
        if self.data and self.data != one_line(self.object_data or ""):
            number = details.readable_phone(self.data)
            if number is None:
                raise StopValidation(PHONE_ADVICE)
            self.data = number


class DetailsForm(Form):
    """Some of one's details, to be changed by the town hall."""

    sending_key = SendingKeyField()

    @property
    def lines(self) -> list[Field]:
        """List what the parent fills in."""
        return [field for field in self if field.name not in {"csrf_token", "sending_key"}]

    @property
    def typed(self) -> dict[str, str]:
        """Return what the parent filled in, by name."""
        return {field.name: field.data or "" for field in self.lines}


class IdentityForm(DetailsForm):
    """« Civilité, nom, prénom »."""

    title = RadioField(
        "Civilité",
        choices=[SelectChoice("Madame"), SelectChoice("Monsieur")],
        validators=[InputRequired(CHOOSE_TITLE)],
        invalid_choice_message=CHOOSE_TITLE,
    )
    last_name = LineField(
        "Nom", 100, "Saisissez votre nom.", render_kw={"autocomplete": "family-name"}
    )
    first_name = LineField(
        "Prénom", 100, "Saisissez votre prénom.", render_kw={"autocomplete": "given-name"}
    )


class OneNameForm(DetailsForm):
    """The name of a payer who has one only: a home, an association."""

    last_name = LineField(
        "Nom", 100, "Saisissez votre nom.", render_kw={"autocomplete": "organization"}
    )


class AddressForm(DetailsForm):
    """« Adresse postale »."""

    street = LineField(
        "Numéro et voie",
        200,
        "Saisissez le numéro et la voie.",
        description="Par exemple 7 chemin des Vergers, bâtiment B",
        render_kw={"autocomplete": "address-line1"},
    )
    postcode = LineField(
        "Code postal",
        200,
        "Saisissez le code postal.",
        description="5 chiffres. Pour une adresse à l’étranger, appelez la mairie.",
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric", "class": "short"},
    )
    city = LineField(
        "Commune", 100, "Saisissez la commune.", render_kw={"autocomplete": "address-level2"}
    )

    def validate_postcode(self, field: LineField) -> None:
        """French ones: the town's files hold no others."""
        field.data = (field.data or "").replace(" ", "")
        if not FRENCH_POSTCODE.fullmatch(field.data):
            raise ValidationError("Vérifiez le code postal\u00a0: il a 5 chiffres.")


class PhonesForm(DetailsForm):
    """« Téléphones »."""

    mobile = PhoneField("Portable", "tel")
    phone = PhoneField("Téléphone", "home tel")
    work_phone = PhoneField("Téléphone au travail", "work tel")
