"""What a guardian answers: each family has its own thread, even of a message to every family."""

from sqlalchemy import bindparam, select

from app import db
from app.models import Message
from app.services import journal
from app.services.accounts import allowances
from app.services.accounts.allowances import Allowance
from app.services.actors import CurrentAccount
from app.services.inbox import replies
from app.services.inbox.messages import FOR_FAMILY
from app.services.tokens import sending_keys

_ANSWERABLE = select(Message.id).where(
    FOR_FAMILY, Message.public_id == bindparam("public_id"), Message.answerable
)


def answer(account: CurrentAccount, public_id: str, text: str, key: str) -> bool:
    """Keep what a guardian answers; False when this message does not exist or takes no answer.

    The same key again keeps nothing more. Raises Refusal when that would lose another text, or
    when it is too much for one day.
    """
    with db.transaction() as session:
        parameters = {"family_id": account.family_id, "public_id": public_id}
        message_id = session.scalar(_ANSWERABLE, parameters)
        if message_id is None:
            return False
        own = sending_keys.of_account(account, key)
        if replies.keep(session, message_id, account.family_id, account, text, own):
            allowances.spend(session, account.account_id, Allowance.REPLIES)
            journal.record(session, "message_answered", account, message=str(message_id))
    return True
