"""The form of « Boîte de réception »."""

from app.services.inbox.replies import LONGEST_REPLY
from app.web.fields import SendingKeyField, TextField
from app.web.forms import Form


class ReplyForm(Form):
    """An answer to the town hall."""

    key = SendingKeyField()
    reply = TextField("Votre réponse", LONGEST_REPLY, "Écrivez votre réponse.")
