"""The form of « Boîte de réception »."""

import re

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.forms import Form
from app.services.inbox import LONGEST_REPLY, new_key, plain

KEY = re.compile(r"[0-9a-f]{32}")


def _key(text: str | None) -> str:
    return text if text and KEY.fullmatch(text) else new_key()


def _plain(text: str | None) -> str:
    return plain(text or "")


class ReplyForm(Form):
    """An answer to the town hall."""

    key = HiddenField(filters=[_key])
    reply = TextAreaField(
        "Votre réponse",
        filters=[_plain],
        validators=[
            DataRequired("Écrivez votre réponse."),
            Length(
                max=LONGEST_REPLY,
                message=f"Raccourcissez votre réponse à {LONGEST_REPLY} caractères au plus.",
            ),
        ],
    )
