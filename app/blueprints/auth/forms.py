"""The forms that lead in."""

from wtforms import PasswordField
from wtforms.validators import InputRequired, ValidationError

from app.services.accounts import email_changes
from app.web.fields import IdentifierField, LineField
from app.web.forms import Form
from app.web.new_passwords import AUTOCOMPLETE_CURRENT, NewPasswordForm

LONGEST_ADDRESS = 254


class SignInForm(Form):
    """« Accès famille »."""

    identifier = IdentifierField(render_kw={"autocomplete": "username"})
    password = PasswordField(
        "Mot de passe",
        validators=[InputRequired("Saisissez votre mot de passe.")],
        render_kw=AUTOCOMPLETE_CURRENT,
    )


class ForgottenPasswordForm(Form):
    """« Mot de passe oublié »: asks for a mail."""

    identifier = IdentifierField(render_kw={"autocomplete": "username"})


class ChoosePasswordForm(NewPasswordForm):
    """« Choisissez votre mot de passe », after a temporary one; and where to write to them."""

    email = LineField("Votre adresse de courriel", LONGEST_ADDRESS)

    def validate_email(self, field: LineField) -> None:
        """It may stay empty."""
        said = email_changes.problem_of_first(field.data) if field.data else None
        if said:
            raise ValidationError(said)


class ChangePasswordForm(NewPasswordForm):
    """« Changer mot de passe », with the current one."""

    current_password = PasswordField(
        "Mot de passe actuel",
        validators=[InputRequired("Saisissez votre mot de passe actuel.")],
        render_kw=AUTOCOMPLETE_CURRENT,
    )
