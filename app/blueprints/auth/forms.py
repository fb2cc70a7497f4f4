"""The forms that lead in."""

from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.web.fields import IdentifierField
from app.web.forms import Form
from app.web.new_passwords import AUTOCOMPLETE_CURRENT, NewPasswordForm


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
    """« Choisissez votre mot de passe », after a temporary one."""


class ChangePasswordForm(NewPasswordForm):
    """« Changer mot de passe », with the current one."""

    current_password = PasswordField(
        "Mot de passe actuel",
        validators=[InputRequired("Saisissez votre mot de passe actuel.")],
        render_kw=AUTOCOMPLETE_CURRENT,
    )
