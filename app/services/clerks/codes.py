"""The second thing that a clerk gives: the code of an application, of a mail, or a spare one."""

import hmac
import re
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount, SecondFactor
from app.services import journal
from app.services.accounts import throttles
from app.services.accounts.throttles import Obstacle
from app.services.actors import Clerk, CurrentClerk, Origin, Stranger
from app.services.clerks import computers, lookup, rights, sessions, tickets
from app.services.clerks.outcomes import Refused, SignedIn
from app.services.clerks.tickets import Step, Ticket
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.tokens import second_factors
from app.services.tokens.sealing import seal, unseal
from app.settings import settings

MAILED_CODES_AN_HOUR = 10
TOO_MANY_CODES = (
    "Beaucoup de codes sont déjà partis à cette adresse. Attendez une heure, ou utilisez un code "
    "de secours."
)
NOT_BY_MAIL = "Avec le rôle Administration, le code vient d’une application."
NO_MAIL_AT_ALL = "Ici, le code vient d’une application."
OVER = "Cette page ne sert plus. Connectez-vous de nouveau."
WRONG_APPLICATION_CODE = (
    "Vérifiez le code\u00a0: ce n’est pas celui que votre application affiche en ce moment."
)


def by_mail_refused(clerk: ClerkAccount) -> str | None:
    """Say why this clerk's code cannot come by mail; None when it can."""
    if not settings.staff_code_by_mail:
        return NO_MAIL_AT_ALL
    return NOT_BY_MAIL if rights.administers(clerk.roles) else None


def come_by_mail(ticket: Ticket) -> bool:
    """Tell where the code that a ticket waits for comes from."""
    return ticket.clerk.second_factor is SecondFactor.MAIL


def send(session: Session, clerk: ClerkAccount, nonce: str) -> None:
    """Queue the mail with a code, in the caller's transaction. Raises Refusal: TOO_MANY."""
    key = f"clerk-codes:{clerk.id}"
    if not throttles.count_in_window(session, key, MAILED_CODES_AN_HOUR, sessions.IDLE):
        raise Refusal(Reason.TOO_MANY, TOO_MANY_CODES)
    outbox.enqueue(session, MailKind.CLERK_CODE, "", clerk.email, nonce=nonce)


def check(
    ticket: Ticket, typed: str, origin: Origin, *, remember: bool
) -> SignedIn | Obstacle | Refused:
    """Open a session for whoever gave the password, then this code; each code serves once."""
    tries = throttles.of_one("clerk-code", ticket.clerk.id)
    with db.transaction() as session:
        obstacle = throttles.obstacle(session, tries)
        if obstacle:
            return obstacle
        clerk = lookup.locked(session, ticket.clerk.public_id)
        used = None if ticket.is_void(clerk) else _use(clerk, _digits(typed), ticket)
        if used is None:
            journal.record(session, "clerk_code_refused", Stranger(origin), about=clerk.name)
            return throttles.fail(session, tries) or Refused()
        throttles.succeed(session, tries)
        lookup.void_links(clerk)
        key = sessions.open_session(session, clerk, origin)
        journal.record(session, used, Clerk(clerk.name, origin))
        return SignedIn(key, computers.mark(clerk) if remember else None)


def begin_choice(clerk: CurrentClerk) -> str:
    """Return a ticket of CHOICE for somebody who is signed in; the former way stays until then."""
    return tickets.make(db.session().get_one(ClerkAccount, clerk.clerk_id), Step.CHOICE)[0]


def choose_application(ticket: Ticket, typed: str, origin: Origin) -> SignedIn:
    """Take an application as the second factor, once it shows the right code. Raises Refusal."""
    step = second_factors.step_of(_digits(typed), secret_of(ticket))
    if step is None:
        raise Refusal(Reason.UNFIT, WRONG_APPLICATION_CODE)
    with db.transaction() as session:
        clerk = lookup.locked(session, ticket.clerk.public_id)
        clerk.last_step = step
        return _chosen(session, clerk, SecondFactor.APPLICATION, ticket, origin)


def choose_mail(ticket: Ticket, origin: Origin) -> SignedIn:
    """Take the mailbox as the second factor. Raises Refusal where it may not be."""
    refused = by_mail_refused(ticket.clerk)
    if refused:
        raise Refusal(Reason.UNFIT, refused)
    with db.transaction() as session:
        clerk = lookup.locked(session, ticket.clerk.public_id)
        return _chosen(session, clerk, SecondFactor.MAIL, ticket, origin)


def secret_of(ticket: Ticket) -> str:
    """Return the secret that a ticket of CHOICE holds: the application is given what it draws."""
    return unseal(ticket.holding) or ""


def spare(clerk: CurrentClerk) -> list[str]:
    """Return the codes that have not served, written to be read: 12345 67890."""
    account = db.session().get_one(ClerkAccount, clerk.clerk_id)
    drawn = second_factors.spare_codes(unseal(account.secret) or "", account.spare_edition)
    used = set(account.spare_used)
    return [f"{code[:5]} {code[5:]}" for place, code in enumerate(drawn) if place not in used]


def renew_spare(clerk: CurrentClerk) -> None:
    """Draw others; the former are worth nothing from now on."""
    with db.transaction() as session:
        account = lookup.locked(session, clerk.public_id)
        account.spare_edition, account.spare_used = account.spare_edition + 1, []
        journal.record(session, "clerk_spare_codes_renewed", clerk)


def _use(clerk: ClerkAccount, digits: str, ticket: Ticket) -> str | None:
    """Use a code up, in the row that is locked; return the act, None for a wrong code."""
    secret = unseal(clerk.secret)
    if secret is None:
        return None
    if len(digits) == second_factors.SPARE_DIGITS:
        act = _use_spare(clerk, digits, secret)
    elif clerk.second_factor is SecondFactor.APPLICATION:
        act = _use_step(clerk, digits, secret)
    else:
        act = _use_mailed(digits, secret, ticket)
    if act:
        # By the key of now, should it have changed.
        clerk.secret = seal(secret)
    return act


def _use_spare(clerk: ClerkAccount, digits: str, secret: str) -> str | None:
    drawn = second_factors.spare_codes(secret, clerk.spare_edition)
    places = [place for place, code in enumerate(drawn) if hmac.compare_digest(code, digits)]
    if not places or places[0] in clerk.spare_used:
        return None
    clerk.spare_used = [*clerk.spare_used, places[0]]
    return "clerk_spare_code_used"


def _use_step(clerk: ClerkAccount, digits: str, secret: str) -> str | None:
    step = second_factors.step_of(digits, secret)
    if step is None or step <= clerk.last_step:
        return None
    clerk.last_step = step
    return "clerk_signed_in"


def _use_mailed(digits: str, secret: str, ticket: Ticket) -> str | None:
    right = hmac.compare_digest(second_factors.mailed_code(secret, ticket.holding), digits)
    return "clerk_signed_in" if right else None


def _chosen(
    session: Session,
    clerk: ClerkAccount,
    factor: SecondFactor,
    ticket: Ticket,
    origin: Origin,
) -> SignedIn:
    """Keep a factor, and its secret; whoever was signed in stays so here, and nowhere else."""
    if ticket.is_void(clerk):
        raise Refusal(Reason.CLOSED, OVER)
    clerk.second_factor, clerk.second_factor_since = factor, datetime.now(UTC)
    clerk.secret = seal(secret_of(ticket))
    clerk.spare_edition, clerk.spare_used = 1, []
    lookup.void_links(clerk)
    sessions.end_all(session, clerk.id)
    journal.record(session, "clerk_second_factor_chosen", Clerk(clerk.name, origin))
    return SignedIn(sessions.open_session(session, clerk, origin))


def _digits(typed: str) -> str:
    return re.sub(r"[^0-9]", "", typed)
