"""Finding the account of a clerk."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ClerkAccount
from app.services.refusals import Reason, Refusal
from app.services.tokens import clerk_links

UNKNOWN = "Personne de la mairie n’a cet accès."


def folded(email: str) -> str:
    """Write an address as accounts of clerks have it: capitals tell nobody apart."""
    return email.strip().casefold()


def by_email(session: Session, email: str) -> ClerkAccount | None:
    """Find who signs in with an address, closed or not."""
    found = select(ClerkAccount).where(ClerkAccount.email == folded(email))
    return session.scalars(found).one_or_none()


def by_public_id(session: Session, public_id: str) -> ClerkAccount | None:
    """Find whose screen it is, closed or not."""
    found = select(ClerkAccount).where(ClerkAccount.public_id == public_id)
    return session.scalars(found).one_or_none()


def still_open(clerk: ClerkAccount | None) -> ClerkAccount | None:
    """Return an account that may be used; None for one that is closed, or is not."""
    return clerk if clerk is not None and clerk.closed_at is None else None


def locked(session: Session, public_id: str) -> ClerkAccount:
    """Return an account that nobody else changes until the commit. Raises Refusal: UNKNOWN."""
    found = select(ClerkAccount).where(ClerkAccount.public_id == public_id)
    clerk = session.scalars(
        found.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()
    if clerk is None:
        raise Refusal(Reason.UNKNOWN, UNKNOWN)
    return clerk


def void_links(clerk: ClerkAccount) -> None:
    """Make every link and ticket of an account worth nothing."""
    clerk.link_salt = clerk_links.new_salt()


def throttled_as(email: str) -> str:
    """Name the tries at an address, whether or not somebody has it."""
    digest = hashlib.sha256(folded(email).encode("utf-8", "surrogatepass")).hexdigest()
    return f"staff-{digest[:32]}"
