"""The town hall corrects a guardian's e-mail address, one that they proved and lost included."""

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import ended
from app.models import MAY_SIGN_IN, Account, Family, Guardian
from app.services import journal
from app.services.accounts import email_changes, sessions
from app.services.accounts.addresses import normalized
from app.services.accounts.identifiers import normalize_identifier
from app.services.actors import Actor
from app.services.families import accepted
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.tokens import temporary_passwords

NOT_AN_ADDRESS = (
    "«\u00a0{}\u00a0» n’est pas une adresse où écrire. "
    "Donnez-en une seule, comme prenom.nom@exemple.fr."
)
_ACCOUNT = (
    select(Account.id, MAY_SIGN_IN.label("may_sign_in"))
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(Account.identifier == bindparam("identifier"))
)
_OTHERS = (
    select(Guardian.full_name)
    .join(Account, Account.guardian_id == Guardian.id)
    .join(Family, Family.id == Guardian.family_id)
    .where(
        Guardian.email == bindparam("address"),
        Account.id != bindparam("account_id"),
        MAY_SIGN_IN,
    )
    .order_by(Guardian.last_name, Guardian.first_name)
)


class Corrected(NamedTuple):
    """What was done."""

    whose: str
    # Empty when there was none.
    old: str
    new: str
    # Who else is written to there.
    shared_with: list[str]


def correct(typed_identifier: str, typed_address: str, actor: Actor) -> Corrected:
    """Write to somebody at another address from now on, and end what hung on the old one.

    Raises Refusal.
    """
    address = known_address(typed_address)
    with db.transaction() as session:
        account = session.get_one(Account, _find(session, typed_identifier), with_for_update=True)
        return replace(session, account, address, actor)


def known_address(typed: str) -> str:
    """Read an address. Raises Refusal when no mail of ours could go there."""
    address = normalized(typed)
    if address is None:
        raise Refusal(Reason.UNFIT, NOT_AN_ADDRESS.format(typed))
    return address


def replace(session: Session, account: Account, address: str, actor: Actor) -> Corrected:
    """Do so in the caller's transaction. Raises Refusal when it is their address already."""
    guardian = account.guardian
    whose, old = guardian.full_name, guardian.email
    if old == address:
        raise Refusal(Reason.SAME, ended(f"c’est déjà l’adresse de {whose}"))
    accepted.accept(session, guardian, "email", address, actor)
    # The parent has not proved this one.
    guardian.email_confirmed_at = None
    temporary_passwords.revoke_all(session, account.id)
    sessions.end_all(session, account.id)
    email_changes.end_pending(session, account.id)
    if old:
        outbox.enqueue(
            session, MailKind.EMAIL_CHANGED, account.identifier, address=old, corrected="oui"
        )
    journal.record(session, "email_corrected", actor, account.id)
    others = session.scalars(_OTHERS, {"address": address, "account_id": account.id})
    return Corrected(whose, old, address, list(others))


def _find(session: Session, typed: str) -> int:
    identifier = normalize_identifier(typed)
    found = session.execute(_ACCOUNT, {"identifier": identifier}).first() if identifier else None
    if found is None:
        raise Refusal(Reason.UNKNOWN, f"personne n’a l’identifiant {typed}.")
    if not found.may_sign_in:
        raise Refusal(Reason.CLOSED, f"l’accès de l’identifiant {typed} est fermé.")
    return int(found.id)
