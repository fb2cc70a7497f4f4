"""The forms of « Mon compte »."""

from collections.abc import Callable

from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired, ValidationError

from app.forms import Form


class EmailForm(Form):
    """A new e-mail address, and the current password."""

    address = EmailField(
        "Nouvelle adresse de courriel",
        validators=[InputRequired("Saisissez votre nouvelle adresse de courriel.")],
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
    """« Quels courriels je reçois »."""

    messages = BooleanField("Un nouveau message de la mairie")
    invoices = BooleanField("Une nouvelle facture")
    requests = BooleanField("Une réponse à une demande")
