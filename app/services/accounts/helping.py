"""What the town hall does about a guardian's access, while they are on the telephone.

Each act is about one guardian of one family, and raises Refusal when it cannot be done.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Account, Guardian, MailState, OutboxMail
from app.services import journal
from app.services.accounts import (
    address_correction,
    email_changes,
    letter_codes,
    sessions,
    throttles,
)  # fmt: skip
from app.services.accounts.address_correction import Corrected
from app.services.actors import Actor
from app.services.mail import outbox
from app.services.mail.kinds import WITH_SECRET, MailKind
from app.services.refusals import Reason, Refusal
from app.services.tokens import temporary_passwords

# A second click is not a second mail; of whoever is on the telephone nothing else is limited.
GAP = timedelta(seconds=30)
GONE = "Cette personne n’est plus dans le dossier de cette famille."
JUST_SENT = "Un courriel vient de partir, attendez une minute."
NO_ADDRESS = "Il manque une adresse où l’envoyer\u00a0: saisissez-la, ou imprimez la lettre."
CLOSED = "L’accès est fermé\u00a0: rouvrez-le d’abord."
TO_VERIFY = (
    "Cette personne se sert déjà de son accès\u00a0: vérifiez qui appelle, puis cochez la case."
)
HAS_ADDRESS = "Cette personne a une adresse de courriel\u00a0: envoyez-lui l’accès."
ERASED = "Les données de cette famille sont effacées."


class Whose(NamedTuple):
    """A guardian, by the address of a screen: one of another family is nobody's."""

    family_id: int
    guardian_id: int


def save_address(
    whose: Whose, typed: str, actor: Actor, *, verified: bool, then_send: bool = False
) -> Corrected | None:
    """Write to them at this address from now on, and send the access there when it is asked.

    None when it was theirs already, and the access alone was sent.
    """
    address = address_correction.known_address(typed)
    with db.transaction() as session:
        account = _open(session, whose)
        if account.guardian.email == address and then_send:
            _send(session, account, actor)
            return None
        proven = account.password_hash is not None or account.guardian.email_confirmed_at
        if proven and account.guardian.email != address and not verified:
            raise Refusal(Reason.MISSING, TO_VERIFY)
        done = address_correction.replace(session, account, address, actor)
        if then_send:
            _queue(session, account, actor)
    return done


def send_access(whose: Whose, actor: Actor) -> str:
    """Send them a temporary password; return the address that it goes to."""
    with db.transaction() as session:
        account = _open(session, whose)
        _send(session, account, actor)
        return account.guardian.email


def lift_wait(whose: Whose, actor: Actor) -> None:
    """Forget their failures: they may try at once."""
    with db.transaction() as session:
        account = _find(session, whose)
        throttles.clear_sign_in(session, account.identifier)
        journal.record(session, "wait_lifted", actor, account.id)


def sign_out(whose: Whose, actor: Actor) -> None:
    """Sign them out wherever they are signed in."""
    with db.transaction() as session:
        account = _find(session, whose)
        sessions.end_all(session, account.id)
        journal.record(session, "devices_signed_out", actor, account.id)


def close(whose: Whose, actor: Actor) -> None:
    """Let them in no more, whatever the next import says."""
    with db.transaction() as session:
        account = _open(session, whose)
        account.closed_at = account.archived_at = datetime.now(UTC)
        sessions.end_all(session, account.id)
        temporary_passwords.revoke_all(session, account.id)
        email_changes.end_pending(session, account.id)
        journal.record(session, "access_closed", actor, account.id)


def reopen(whose: Whose, actor: Actor) -> None:
    """Let them in again, with the password that they had; their family too, if it had left."""
    with db.transaction() as session:
        account = _find(session, whose)
        family = account.guardian.family
        if family.erased_at:
            raise Refusal(Reason.CLOSED, ERASED)
        account.closed_at = account.archived_at = family.archived_at = None
        journal.record(session, "access_reopened", actor, account.id)


def note_letter(whose: Whose, actor: Actor) -> str:
    """Write down that their letter is made; return whose it is, by identifiant."""
    with db.transaction() as session:
        account = _open(session, whose)
        journal.record(session, "access_letter_made", actor, account.id)
        return account.identifier


def make_code(whose: Whose, actor: Actor) -> tuple[str, str]:
    """Make the code of their letter, who have no address; return whose it is, and the code."""
    with db.transaction() as session:
        account = _open(session, whose)
        if account.guardian.email:
            raise Refusal(Reason.UNFIT, HAS_ADDRESS)
        [code] = letter_codes.issue(session, [account.id], actor).values()
        return account.identifier, code


def _find(session: Session, whose: Whose) -> Account:
    account = session.scalars(
        select(Account)
        .join(Account.guardian)
        .where(
            Guardian.id == whose.guardian_id,
            Guardian.family_id == whose.family_id,
            Guardian.rank.is_not(None),
        )
        .with_for_update(of=Account)
    ).one_or_none()
    if account is None:
        raise Refusal(Reason.UNKNOWN, GONE)
    return account


def _open(session: Session, whose: Whose) -> Account:
    account = _find(session, whose)
    if account.archived_at or account.guardian.family.archived_at:
        raise Refusal(Reason.CLOSED, CLOSED)
    return account


def _send(session: Session, account: Account, actor: Actor) -> None:
    if not account.guardian.email:
        raise Refusal(Reason.MISSING, NO_ADDRESS)
    just_left = select(OutboxMail.id).where(
        OutboxMail.identifier == account.identifier,
        OutboxMail.kind.in_(WITH_SECRET),
        OutboxMail.created_at > datetime.now(UTC) - GAP,
        OutboxMail.state.in_((*outbox.PENDING, MailState.SENT)),
    )
    if session.scalars(just_left.limit(1)).first() is not None:
        raise Refusal(Reason.TOO_MANY, JUST_SENT)
    _queue(session, account, actor)


def _queue(session: Session, account: Account, actor: Actor) -> None:
    kind = MailKind.CREDENTIALS if account.password_hash else MailKind.ACTIVATION
    outbox.send_all(session, kind, [account.identifier])
    if kind is MailKind.ACTIVATION:
        account.invited_at = datetime.now(UTC)
        account.invitations += 1
    journal.record(session, "access_sent", actor, account.id)
