"""The French base form and the shared fields."""

import re
import secrets
from typing import Any

from flask import Flask, current_app, g, render_template, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.services.accounts.identifiers import normalize_identifier
from app.typed_text import one_line, some_lines

TOKEN_SECONDS = 12 * 3600
STALE_PAGE = (
    "Votre page est restée ouverte trop longtemps. "
    "Vérifiez ce que vous avez saisi, puis validez de nouveau."
)
BLANK_PAGES = "portail.blank_pages"
PLACEHOLDER = "the-token-of-this-visitor"
# The longest text that a one-line field takes: enough for anybody, and bounded.
LINE_LENGTH = 200
SENDING_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Form(FlaskForm):
    """A form that speaks French and says what to do when its page has grown too old."""

    class Meta:
        """WTForms' own settings."""

        locales = ("fr",)

        def wrap_formdata(self, form: "Form", _formdata: object) -> MultiDict[str, Any] | None:
            """Read what browsers send; Flask-WTF would take JSON too, whose values may be lists.

            A file is for a field of files: anywhere else it would be no text.
            """
            wanted = {field.name for field in form if isinstance(field, MultipleFileField)}
            if not wanted or not request.form:
                return request.form or None
            sent: MultiDict[str, Any] = MultiDict(request.form)
            for name in wanted:
                sent.setlist(name, request.files.getlist(name))
            return sent

    @property
    def stale(self) -> str | None:
        """Return the sentence for a missing or expired token, None when it is good."""
        return STALE_PAGE if "csrf_token" in self.errors else None


class LineField(StringField):
    """One line of text; blanks around it, and what no screen can show, are left out."""

    data: str | None

    def __init__(self, label: str, longest: int, missing: str = "", **kwargs: Any) -> None:
        """Take the sentence for an empty field; without one it may stay empty."""
        super().__init__(
            label, validators=_of_length(longest, missing), filters=[one_line], **kwargs
        )


class TextField(TextAreaField):
    """Several lines of text; what no screen can show is left out."""

    data: str | None

    def __init__(self, label: str, longest: int, missing: str = "", **kwargs: Any) -> None:
        """Take the sentence for an empty field; without one it may stay empty."""
        super().__init__(
            label, validators=_of_length(longest, missing), filters=[some_lines], **kwargs
        )


class SendingKeyField(HiddenField):
    """Names a sending, so that a double click sends once; what is no name of ours is a new one."""

    def __init__(self, **kwargs: Any) -> None:
        """It has no label: nobody sees it."""
        super().__init__(filters=[_sending_key], **kwargs)


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


def _of_length(longest: int, missing: str) -> list[Any]:
    required = [DataRequired(missing)] if missing else [Optional()]
    return [*required, Length(max=longest, message=f"Écrivez {longest} caractères au plus.")]


def _sending_key(typed: str | None) -> str:
    return typed if typed and SENDING_KEY.fullmatch(typed) else secrets.token_hex(16)


def _token() -> str:
    return str(g.get("csrf_token_drawn") or generate_csrf())


def _check_identifier(_form: Form, field: StringField) -> None:
    if normalize_identifier(field.data or "") is None:
        raise ValidationError(IDENTIFIER_ADVICE)
