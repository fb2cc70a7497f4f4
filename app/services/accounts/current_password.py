"""Asking for the current password again, before what somebody at a page left open must not do."""

from app import db
from app.models import Account
from app.services import journal
from app.services.accounts import passwords, throttles
from app.services.actors import CurrentAccount

TOO_MANY_TRIES = (
    "Trop d’essais. Attendez quelques minutes avant de saisir de nouveau votre mot de passe actuel."
)
WRONG_CURRENT = "Vérifiez votre mot de passe actuel\u00a0: ce n’est pas celui de votre compte."


def refusal(account: CurrentAccount, typed: str, event: str) -> str | None:
    """Say why not to go on; None when this is the account's password.

    Failures are counted, and put in the journal as `event`.
    """
    throttle_key = throttles.current_password_key(account.account_id)
    if throttles.wait([throttle_key]):
        return TOO_MANY_TRIES
    known = db.session().get_one(Account, account.account_id).password_hash
    right = passwords.verify(known, typed)
    with db.transaction() as session:
        if right:
            throttles.clear(session, throttle_key)
        else:
            throttles.count_failure(session, throttle_key)
            journal.record(session, event, account)
    return None if right else WRONG_CURRENT
