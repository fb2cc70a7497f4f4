"""« Lettre avec code »: for whoever has no mailbox, where the town hall switches it on.

A code is printed and seen on no screen; it opens « Choisissez votre mot de passe », once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Account
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal
from app.services.tokens import temporary_passwords
from app.settings import settings

OFF = "Votre commune n’imprime pas de code sur ses lettres."


def issue(session: Session, accounts: Sequence[int], actor: Actor) -> dict[int, str]:
    """Make the code of each account's letter, in the caller's transaction; note it about each.

    Raises Refusal where it is switched off.
    """
    if not settings.letter_codes:
        raise Refusal(Reason.UNKNOWN, OFF)
    codes = temporary_passwords.issue_for_letters(session, accounts)
    session.execute(
        update(Account)
        .where(Account.id.in_(accounts), Account.password_hash.is_(None))
        .values(invited_at=datetime.now(UTC), invitations=Account.invitations + 1)
    )
    for account in accounts:
        journal.record(session, "access_code_made", actor, account)
    return codes


def of_identifiers(session: Session, identifiers: Sequence[str], actor: Actor) -> dict[str, str]:
    """Do so for the accounts of these identifiants. Raises Refusal."""
    found = select(Account.id, Account.identifier).where(Account.identifier.in_(identifiers))
    accounts = dict(session.execute(found).all())
    codes = issue(session, list(accounts), actor)
    return {accounts[account]: code for account, code in codes.items()}
