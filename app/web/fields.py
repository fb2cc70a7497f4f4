"""The fields that several forms share."""

import re
import secrets
from typing import Any

from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.services.accounts.identifiers import normalize_identifier
from app.typed_text import one_line, some_lines

# The longest text that a one-line field takes: enough for anybody, and bounded.
LINE_LENGTH = 200
SENDING_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
IDENTIFIER_ADVICE = (
    "Vérifiez votre identifiant\u00a0: il contient seulement des chiffres, 20 au plus. "
    "Il figure sur le courrier de la mairie."
)


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

    def renew(self) -> None:
        """Name another sending: this one was refused, and what is sent next is not it."""
        self.data = _sending_key(None)


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


def _of_length(longest: int, missing: str) -> list[Any]:
    required = [DataRequired(missing)] if missing else [Optional()]
    return [*required, Length(max=longest, message=f"Écrivez {longest} caractères au plus.")]


def _sending_key(typed: str | None) -> str:
    return typed if typed and SENDING_KEY.fullmatch(typed) else secrets.token_hex(16)


def _check_identifier(_form: Form, field: StringField) -> None:
    if normalize_identifier(field.data or "") is None:
        raise ValidationError(IDENTIFIER_ADVICE)
