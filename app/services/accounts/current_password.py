"""Asking for the current password again, before what somebody at a page left open must not do."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app import db
from app.models import Account
from app.services import journal
from app.services.accounts import passwords, throttles
from app.services.accounts.throttles import ByMailbox, Obstacle, Tries
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

    def note(session: Session, right: bool) -> None:
        if not right:
            journal.record(session, event, account)

    known = db.session().get_one(Account, account.account_id).password_hash
    outcome = prove(throttles.of_current_password(account.account_id), known, typed, note)
    if isinstance(outcome, bool):
        return None if outcome else WRONG_CURRENT
    return _words(outcome)


def prove(
    tries: Tries, known: str | None, typed: str, note: Callable[[Session, bool], None]
) -> bool | Obstacle:
    """Check a password of somebody who is signed in; Obstacle when that has to wait.

    `note` writes down that it was right, or wrong, in the transaction that counts it.
    """
    obstacle = throttles.obstacle(db.session(), tries)
    if obstacle:
        return obstacle
    right = passwords.verify(known, typed)
    with db.transaction() as session:
        obstacle = throttles.obstacle(session, tries) if right else throttles.fail(session, tries)
        if right and obstacle is None:
            throttles.succeed(session, tries)
        if not (right and obstacle):
            note(session, right)
    return obstacle or right


def _words(obstacle: Obstacle) -> str:
    return BY_MAILBOX if isinstance(obstacle, ByMailbox) else TOO_MANY_TRIES
