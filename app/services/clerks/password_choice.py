"""A clerk's password: chosen by the link of a mail, or changed with the current one."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount
from app.services import journal
from app.services.accounts import passwords, throttles
from app.services.accounts.addresses import normalized
from app.services.actors import Clerk, CurrentClerk, Origin, Stranger
from app.services.clerks import lookup, sessions, tickets
from app.services.clerks.tickets import Step
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.tokens import clerk_links
from app.services.tokens.clerk_links import Purpose

MINIMUM_LENGTH = 12
RULES: tuple[passwords.Rule, ...] = (
    (
        "length",
        "12 caractères minimum",
        "Allongez votre mot de passe\u00a0: il faut au moins 12 caractères.",
        lambda clear: len(clear) >= MINIMUM_LENGTH,
    ),
)
LINKS_A_DAY = 6
DAY, LINK_GAP = timedelta(days=1), timedelta(minutes=2)
SAME_AS_CURRENT = "Choisissez un mot de passe différent de l’actuel."


class LinkState(NamedTuple):
    """What a link is worth: whose it is, or why it opens nothing."""

    clerk: ClerkAccount | None = None
    purpose: Purpose = Purpose.INVITATION
    # « expired », « used » or « invalid » when it opens nothing.
    reason: str = ""


def open_link(token: str) -> LinkState:
    """Look at a link. Changes nothing: mail scanners follow links too."""
    named = clerk_links.read(token)
    if named is None:
        return LinkState(reason="invalid")
    clerk = lookup.still_open(lookup.by_public_id(db.session(), named.public_id))
    if clerk is None:
        return LinkState(purpose=named.purpose, reason="invalid")
    if clerk_links.mark_of(clerk.link_salt) != named.mark:
        return LinkState(purpose=named.purpose, reason="used")
    if named.is_over:
        return LinkState(purpose=named.purpose, reason="expired")
    return LinkState(clerk, named.purpose)


def problems(email: str, name: str, clear: str) -> list[str]:
    """Say what to do about a password, for somebody of this name; empty when it is good."""
    return passwords.problems(clear, [name, email.partition("@")[0]], RULES)


def choose(clerk: ClerkAccount, clear: str, origin: Origin) -> str | None:
    """Save the password that a link lets choose; return the ticket of what is chosen next.

    None for whoever has a second factor already: they sign in, and it is asked. Raises Refusal
    when another use of the link came first.
    """
    mark, password_hash = clerk_links.mark_of(clerk.link_salt), passwords.hash_password(clear)
    with db.transaction() as session:
        account = lookup.locked(session, clerk.public_id)
        if account.closed_at or clerk_links.mark_of(account.link_salt) != mark:
            raise Refusal(Reason.CLOSED, "Ce lien a déjà servi.")
        _save(session, account, password_hash)
        journal.record(session, "clerk_password_chosen", Clerk(account.name, origin))
        known = account.second_factor is not None
        return None if known else tickets.make(account, Step.CHOICE)[0]


def ask_for_link(email: str, origin: Origin) -> bool:
    """Queue a mail with a link, whether or not somebody has this address.

    Nothing is looked up here: the delivery finds out, so neither the answer nor the clock tells.
    False where a network floods, so that nobody is told that a mail left.
    """
    address, who = lookup.folded(normalized(email) or ""), lookup.throttled_as(email)
    flood_key = throttles.address_key("reset", origin.address)
    with db.transaction() as session:
        calm = throttles.count_in_window(session, flood_key, throttles.ADDRESS_REQUESTS)
        few = throttles.count_in_window(session, f"{who}:links", LINKS_A_DAY, DAY)
        first = throttles.count_in_window(session, f"{who}:link", 1, LINK_GAP)
        if address and calm and few and first:
            journal.record(session, "clerk_password_asked", Stranger(origin))
            outbox.enqueue(session, MailKind.CLERK_PASSWORD, "", address)
    return calm


def change(clerk: CurrentClerk, clear: str) -> None:
    """Save another password of somebody who has just given the current one. Raises Refusal."""
    known = db.session().get_one(ClerkAccount, clerk.clerk_id).password_hash
    if passwords.verify(known, clear):
        raise Refusal(Reason.SAME, SAME_AS_CURRENT)
    password_hash = passwords.hash_password(clear)
    with db.transaction() as session:
        _save(session, lookup.locked(session, clerk.public_id), password_hash)
        journal.record(session, "clerk_password_changed", clerk)


def _save(session: Session, clerk: ClerkAccount, password_hash: str) -> None:
    clerk.password_hash, clerk.password_changed_at = password_hash, datetime.now(UTC)
    lookup.void_links(clerk)
    sessions.end_all(session, clerk.id)
    throttles.clear_sign_in(session, lookup.throttled_as(clerk.email))
    outbox.enqueue(session, MailKind.CLERK_PASSWORD_CHANGED, "", clerk.email)
