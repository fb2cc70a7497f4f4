"""Finding the account of a clerk."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ClerkAccount
from app.services.refusals import Reason, Refusal

SALT_BYTES = 16
UNKNOWN = "Personne de la mairie n’a cet accès."


def folded(email: str) -> str:
    """Write an address as accounts of clerks have it: capitals tell nobody apart."""
    return email.strip().casefold()


def by_email(session: Session, email: str) -> ClerkAccount | None:
    """Find who signs in with an address, closed or not."""
    found = select(ClerkAccount).where(ClerkAccount.email == folded(email))
    return session.scalars(found).one_or_none()


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
    clerk.link_salt = new_salt()


def new_salt() -> str:
    """Draw a salt."""
    return secrets.token_hex(SALT_BYTES)


def throttled_as(email: str) -> str:
    """Name the tries at an address, whether or not somebody has it."""
    digest = hashlib.sha256(folded(email).encode("utf-8", "surrogatepass")).hexdigest()
    return f"staff-{digest[:32]}"
