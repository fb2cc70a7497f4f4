"""Signing in at the town hall: an address and a password, then a code."""

from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount, SecondFactor
from app.services import journal
from app.services.accounts import current_password, password_costs, passwords, throttles
from app.services.accounts.throttles import Obstacle, Tries
from app.services.actors import Clerk, CurrentClerk, Origin, Stranger
from app.services.clerks import codes, computers, invitations, lookup, sessions, tickets
from app.services.clerks.outcomes import GoesOn, LinkSent, Outcome, Refused, SignedIn
from app.services.clerks.tickets import Step, Ticket

TOO_MANY_TRIES = "Trop d’essais. Attendez quelques minutes avant de saisir votre mot de passe."
WRONG_PASSWORD = "Vérifiez votre mot de passe\u00a0: ce n’est pas celui de votre accès."  # noqa: S105


def sign_in(email: str, clear: str, origin: Origin, computer: str = "") -> Outcome:
    """Check an address and a password; `computer` is the mark that the browser kept, if any.

    Whether somebody has this address changes nothing to what is hashed.
    """
    clerk = lookup.still_open(lookup.by_email(db.session(), email))
    tries = throttles.of_identifier(lookup.throttled_as(email), origin.address, None)
    obstacle = throttles.obstacle(db.session(), tries)
    checked = clerk.password_hash if clerk else None
    if obstacle is None and passwords.verify(checked, clear, password_costs.in_use()) and clerk:
        return _accept(clerk.public_id, checked, computer, tries, origin)
    return _refuse(tries, obstacle, origin, email)


def send_code_again(ticket: Ticket) -> str:
    """Queue another code by mail; return the ticket that goes with it. Raises Refusal."""
    with db.transaction() as session:
        clerk = lookup.locked(session, ticket.clerk.public_id)
        made, nonce = tickets.make(clerk, Step.CODE)
        codes.send(session, clerk, nonce)
    return made


def prove_again(clerk: CurrentClerk, typed: str) -> str | None:
    """Check the password of somebody who is signed in; say why not to go on, None when right."""

    def note(session: Session, right: bool) -> None:
        if right:
            sessions.note_proof(session, clerk)
        else:
            journal.record(session, "clerk_proof_refused", clerk)

    known = db.session().get_one(ClerkAccount, clerk.clerk_id).password_hash
    tries = throttles.of_one("clerk-proof", clerk.clerk_id)
    outcome = current_password.prove(tries, known, typed, note)
    if isinstance(outcome, bool):
        return None if outcome else WRONG_PASSWORD
    return TOO_MANY_TRIES


def _accept(
    public_id: str, checked: str | None, computer: str, tries: Tries, origin: Origin
) -> Outcome:
    """Go on to the code, or in where this computer is known.

    Refused when another password was saved, or the access closed, while this one was checked.
    """
    with db.transaction() as session:
        clerk = lookup.locked(session, public_id)
        obstacle = throttles.obstacle(session, tries)
        if obstacle or clerk.password_hash != checked or clerk.closed_at:
            return obstacle or Refused()
        throttles.succeed(session, tries)
        if clerk.second_factor is None:
            # A password alone would give the access to whoever came by it first.
            invitations.send_once_more(session, clerk)
            return LinkSent()
        if computers.is_known(computer, clerk):
            journal.record(session, "clerk_signed_in", Clerk(clerk.name, origin))
            return SignedIn(sessions.open_session(session, clerk, origin))
        return _ask_for_code(session, clerk)


def _ask_for_code(session: Session, clerk: ClerkAccount) -> GoesOn:
    made, nonce = tickets.make(clerk, Step.CODE)
    if clerk.second_factor is SecondFactor.MAIL:
        codes.send(session, clerk, nonce)
    return GoesOn(made)


def _refuse(
    tries: Tries, obstacle: Obstacle | None, origin: Origin, email: str
) -> Obstacle | Refused:
    who = Stranger(origin)
    with db.transaction() as session:
        if obstacle is None:
            obstacle = throttles.fail(session, tries)
            journal.record(session, "clerk_sign_in_refused", who)
        else:
            throttles.one_at_a_time(session, lookup.throttled_as(email))
            journal.record_once_more(session, "clerk_sign_in_throttled", who)
    return obstacle or Refused()
