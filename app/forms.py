"""The French base form and the shared fields."""

from typing import Any

from flask import Flask, current_app, g, render_template, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from app.services.identifiers import normalize_identifier

TOKEN_SECONDS = 12 * 3600
STALE_PAGE = (
    "Votre page est restée ouverte trop longtemps. "
    "Vérifiez ce que vous avez saisi, puis validez de nouveau."
)
BLANK_PAGES = "portail.blank_pages"
PLACEHOLDER = "the-token-of-this-visitor"
# The longest text that a one-line field takes: enough for anybody, and bounded.
LINE_LENGTH = 200


class Form(FlaskForm):
    """A form that speaks French and says what to do when its page has grown too old."""

    class Meta:
        """WTForms' own settings."""

        locales = ("fr",)

        def wrap_formdata(self, _form: "Form", _formdata: object) -> MultiDict[str, str] | None:
            """Read what browsers send; Flask-WTF would take JSON too, whose values may be lists."""
            return request.form or None

    @property
    def stale(self) -> str | None:
        """Return the sentence for a missing or expired token, None when it is good."""
        return STALE_PAGE if "csrf_token" in self.errors else None


class EmptyForm(Form):
    """A button without fields: only the proof that the page is ours."""


class IdentifierField(StringField):
    """The « identifiant »; blanks and dots are forgiven, its data is then digits only."""

    def __init__(self, label: str = "Identifiant", **kwargs: Any) -> None:
        super().__init__(
            label,
            validators=[
                DataRequired("Saisissez votre identifiant."),
                Length(max=LINE_LENGTH, message=IDENTIFIER_ADVICE),
                _check_identifier,
            ],
            **kwargs,
        )

    @property
    def identifier(self) -> str:
        """Return the digits; only once the form is valid."""
        found = normalize_identifier(self.data or "")
        assert found is not None
        return found


IDENTIFIER_ADVICE = (
    "Vérifiez votre identifiant\u00a0: il contient seulement des chiffres, 20 au plus. "
    "Il figure sur le courrier de la mairie."
)


def init_app(app: Flask) -> None:
    """Let templates put the token in the forms that have no Python class."""
    app.config.update(WTF_I18N_ENABLED=False, WTF_CSRF_TIME_LIMIT=TOKEN_SECONDS)
    app.jinja_env.globals["csrf_token"] = _token
    app.extensions[BLANK_PAGES] = {}


def is_stranger() -> bool:
    """Tell whether nothing is known of this visitor, nor asked for in the address."""
    return not request.args and session.keys() <= {"csrf_token"}


def render_to_stranger(template: str, form: type[Form]) -> str:
    """Render a page with an empty form for a stranger: it differs by its token only.

    Drawn once, then the token is put in: most visits to the portal begin with such a page.
    """
    pages: dict[str, str] = current_app.extensions[BLANK_PAGES]
    if template not in pages:
        g.csrf_token_drawn = PLACEHOLDER
        pages[template] = render_template(template, form=form())
        del g.csrf_token_drawn
    return pages[template].replace(PLACEHOLDER, generate_csrf())


def _token() -> str:
    return str(g.get("csrf_token_drawn") or generate_csrf())


def _check_identifier(_form: Form, field: StringField) -> None:
    if normalize_identifier(field.data or "") is None:
        raise ValidationError(IDENTIFIER_ADVICE)
