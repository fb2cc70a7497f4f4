"""The fields that several forms share."""

import re
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import DateInput

from app.formats import day, day_in_full, today
from app.services.accounts.identifiers import normalize_identifier
from app.services.files import uploads
from app.typed_text import one_line, one_sentence, some_lines

# The longest text that a one-line field takes: enough for anybody, and bounded.
LINE_LENGTH = 200
FARTHEST = timedelta(days=550)
SATURDAY = 5
NOT_A_DAY = "Choisissez une date, comme 07/12/2026."
TOO_FAR = "Choisissez une date plus proche d’aujourd’hui."
CLOSED_DAY = "Choisissez un jour d’école\u00a0: le {} est un {}."
# Said by the browser at once, where it can.
HEAVIEST = {
    "data-heaviest": str(uploads.LARGEST),
    "data-too-heavy": uploads.TOO_HEAVY,
    "data-longest-side": str(uploads.LONGEST_SIDE),
}
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
            label, validators=_of_length(longest, missing), filters=[self.clean], **kwargs
        )

    clean = staticmethod(one_line)


class SentenceField(LineField):
    """One line that families read as it is."""

    clean = staticmethod(one_sentence)


class TextField(TextAreaField):
    """Several lines of text; what no screen can show is left out."""

    data: str | None

    def __init__(self, label: str, longest: int, missing: str = "", **kwargs: Any) -> None:
        """Take the sentence for an empty field; without one it may stay empty."""
        super().__init__(
            label, validators=_of_length(longest, missing), filters=[some_lines], **kwargs
        )


class DayField(LineField):
    """A date, as a browser sends it or as people write it; its data is then ISO."""

    widget = DateInput()

    def __init__(self, label: str, closed: str = CLOSED_DAY, **kwargs: Any) -> None:
        """Take the sentence for the end of a week."""
        super().__init__(label, longest=40, missing=NOT_A_DAY, **kwargs)
        self._closed = closed

    def pre_validate(self, form: Form) -> None:
        """Read it."""
        super().pre_validate(form)
        found = read_day(self.data or "")
        if found is None:
            raise StopValidation(NOT_A_DAY)
        if abs(found - today()) > FARTHEST:
            raise StopValidation(TOO_FAR)
        if found.weekday() >= SATURDAY:
            name = day_in_full(found).split()[0]
            raise StopValidation(self._closed.format(day(found), name))
        self.data = found.isoformat()


class AnyDayField(LineField):
    """A date, of any day of the week; its data is then ISO."""

    widget = DateInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        """It is compulsory."""
        super().__init__(label, longest=40, missing=NOT_A_DAY, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Read it."""
        super().pre_validate(form)
        found = read_day(self.data or "")
        if found is None:
            raise StopValidation(NOT_A_DAY)
        self.data = found.isoformat()


class MaybeDayField(LineField):
    """A date, of any day of the week, or none; its data is then ISO."""

    widget = DateInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        """It may stay empty."""
        super().__init__(label, longest=40, **kwargs)

    def pre_validate(self, form: Form) -> None:
        """Read it."""
        super().pre_validate(form)
        found = read_day(self.data or "")
        if self.data and found is None:
            raise StopValidation(NOT_A_DAY)
        self.data = found.isoformat() if found else ""


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


def read_day(typed: str) -> date | None:
    """Read a date as a browser sends it or as people write it; None when it is none."""
    for written in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, written).date()  # noqa: DTZ007 (a day has no hour)
        except ValueError:
            continue
    return None
