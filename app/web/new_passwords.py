"""The form of a new password, for whoever chooses one."""

from collections.abc import Callable

from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, ValidationError

from app.web.forms import Form

AUTOCOMPLETE_CURRENT = {"autocomplete": "current-password"}
SAVED = "Mot de passe enregistré. Connectez-vous avec votre nouveau mot de passe."
AUTOCOMPLETE_NEW = {"autocomplete": "new-password"}


class NewPasswordForm(Form):
    """A new password, typed twice."""

    new_password = PasswordField(
        "Nouveau mot de passe",
        validators=[InputRequired("Saisissez votre nouveau mot de passe.")],
        render_kw=AUTOCOMPLETE_NEW,
    )
    confirmation = PasswordField(
        "Confirmation mot de passe",
        validators=[
            InputRequired("Saisissez une seconde fois votre nouveau mot de passe."),
            EqualTo(
                "new_password",
                "Saisissez deux fois le même mot de passe\u00a0: les deux sont différents.",
            ),
        ],
        render_kw=AUTOCOMPLETE_NEW,
    )

    def __init__(self, problems: Callable[[str], list[str]]) -> None:
        """Take the function that says what is wrong with a password for this account."""
        super().__init__()
        self._problems = problems

    def validate_new_password(self, field: PasswordField) -> None:
        """Show every unmet rule at once, not only the first."""
        unmet = self._problems(field.data)
        if unmet:
            field.errors.extend(unmet[:-1])
            raise ValidationError(unmet[-1])
