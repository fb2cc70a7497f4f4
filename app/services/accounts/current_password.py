"""Asking for the current password again, before what somebody at a page left open must not do."""

from app import db
from app.models import Account
from app.services import journal
from app.services.accounts import passwords, throttles
from app.services.accounts.throttles import ByMailbox, Obstacle
from app.services.actors import CurrentAccount

TOO_MANY_TRIES = (
    "Trop d’essais. Attendez quelques minutes avant de saisir de nouveau votre mot de passe actuel."
)
BY_MAILBOX = (
    "Trop d’essais. Déconnectez-vous, puis appuyez sur «\u00a0Mot de passe oublié\u00a0» pour "
    "choisir un nouveau mot de passe."
)
WRONG_CURRENT = "Vérifiez votre mot de passe actuel\u00a0: ce n’est pas celui de votre compte."


def refusal(account: CurrentAccount, typed: str, event: str) -> str | None:
    """Say why not to go on; None when this is the account's password.

    Failures are counted, and put in the journal as `event`.
    """
    tries = throttles.of_current_password(account.account_id)
    obstacle = throttles.obstacle(db.session(), tries)
    if obstacle:
        return _words(obstacle)
    known = db.session().get_one(Account, account.account_id).password_hash
    right = passwords.verify(known, typed)
    with db.transaction() as session:
        if right:
            obstacle = throttles.obstacle(session, tries)
            if obstacle is None:
                throttles.succeed(session, tries)
        else:
            obstacle = throttles.fail(session, tries)
            journal.record(session, event, account)
    if obstacle:
        return _words(obstacle)
    return None if right else WRONG_CURRENT


def _words(obstacle: Obstacle) -> str:
    return BY_MAILBOX if isinstance(obstacle, ByMailbox) else TOO_MANY_TRIES
