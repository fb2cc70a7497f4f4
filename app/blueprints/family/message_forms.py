"""The form of « Boîte de réception »."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from app.forms import Form, SendingKeyField
from app.services.inbox import LONGEST_REPLY, plain


def _plain(text: str | None) -> str:
    return plain(text or "")


class ReplyForm(Form):
    """An answer to the town hall."""

    key = SendingKeyField()
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
