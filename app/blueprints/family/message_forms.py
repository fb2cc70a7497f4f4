"""The form of « Boîte de réception »."""

from app.services.inbox.replies import LONGEST_REPLY
from app.web.forms import Form, SendingKeyField, TextField


class ReplyForm(Form):
    """An answer to the town hall."""

    key = SendingKeyField()
    reply = TextField("Votre réponse", LONGEST_REPLY, "Écrivez votre réponse.")
