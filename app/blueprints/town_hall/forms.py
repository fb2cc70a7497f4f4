"""The forms of the way in, of one's own account, and of the team."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wtforms import BooleanField, PasswordField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired

from app.services.clerks import rights, team
from app.services.clerks.rights import Role
from app.web.fields import LINE_LENGTH, LineField
from app.web.forms import Form
from app.web.new_passwords import AUTOCOMPLETE_CURRENT, NewPasswordForm

if TYPE_CHECKING:
    from app.services.clerks.serving import Served

NO_ADDRESS = "Saisissez votre adresse de courriel."
LONGEST_CODE = 40


class SignInForm(Form):
    """« Accès mairie »."""

    email = LineField("Adresse de courriel", LINE_LENGTH, NO_ADDRESS)
    password = PasswordField(
        "Mot de passe",
        validators=[InputRequired("Saisissez votre mot de passe.")],
        render_kw=AUTOCOMPLETE_CURRENT,
    )


class ForgottenForm(Form):
    """« Mot de passe oublié »."""

    email = LineField("Adresse de courriel", LINE_LENGTH, NO_ADDRESS)


class CodeForm(Form):
    """« Votre code »."""

    code = LineField("Code", LONGEST_CODE, "Saisissez votre code.")
    remember = BooleanField("Ne plus demander sur cet ordinateur pendant 30 jours")


class ApplicationForm(Form):
    """The first code of an application."""

    code = LineField("Code affiché par l’application", LONGEST_CODE, "Saisissez les 6 chiffres.")


class ProofForm(Form):
    """The password once more."""

    password = PasswordField(
        "Mot de passe",
        validators=[InputRequired("Saisissez votre mot de passe.")],
        render_kw=AUTOCOMPLETE_CURRENT,
    )


class ClerkPasswordForm(NewPasswordForm):
    """A new password, by a link or from one's own account."""


class NameForm(Form):
    """The name that families read."""

    name = LineField("Nom montré aux familles", team.LONGEST_NAME, team.NO_NAME)


class RolesForm(Form):
    """What somebody may do."""

    roles = SelectMultipleField(
        "Rôles",
        choices=[SelectChoice(role.value, rights.IN_FRENCH[role]) for role in Role],
        validate_choice=False,
        validators=[InputRequired(team.NO_ROLE)],
    )
    # Those that the town has; none ticked are all.
    services = SelectMultipleField("Services", choices=[], validate_choice=False)

    def offer(self, served: "Iterable[Served]") -> None:
        """Offer services to be ticked."""
        self.services.choices = [SelectChoice(each.slug, each.words) for each in served]


class InvitationForm(RolesForm):
    """Somebody who is to have an access."""

    name = LineField("Prénom et nom", team.LONGEST_NAME, team.NO_NAME)
    email = LineField("Adresse de courriel", LINE_LENGTH, NO_ADDRESS)
