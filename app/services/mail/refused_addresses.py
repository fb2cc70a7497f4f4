"""Addresses whose servers send our mails back: who is concerned, and until when."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app import db
from app.models import Account, Family, Guardian, RefusedAddress

# Whether the address of a guardian, in another statement, is one.
IS_REFUSED: ColumnElement[bool] = (
    select(1).where(RefusedAddress.address == Guardian.email).correlate(Guardian).exists()
)
_LINES: Select[str, str, str, str, str, datetime, str] = (
    select(
        Family.number,
        Guardian.first_name,
        Guardian.last_name,
        Account.identifier,
        Guardian.email,
        RefusedAddress.refused_at,
        RefusedAddress.reason,
    )
    .join(Guardian, Guardian.email == RefusedAddress.address)
    .join(Family, Family.id == Guardian.family_id)
    .join(Account, Account.guardian_id == Guardian.id)
    .where(Family.archived_at.is_(None), Account.archived_at.is_(None))
    .order_by(Family.number, Guardian.rank)
)

# How many guardians are concerned.
COUNT = select(func.count()).select_from(_LINES.order_by(None).subquery())


class RefusedLine(NamedTuple):
    """A guardian whom no mail reaches, as the town hall reads it."""

    family: str
    first_name: str
    last_name: str
    identifier: str
    address: str
    refused_at: datetime
    reason: str


def note(session: Session, address: str, reason: str) -> None:
    """Remember that an address was refused, and when last, in the caller's transaction."""
    now = datetime.now(UTC)
    inserted = db.insert(RefusedAddress).values(address=address, refused_at=now, reason=reason)
    session.execute(
        inserted.on_conflict_do_update(
            index_elements=[RefusedAddress.address],
            set_={"refused_at": now, "reason": reason},
        )
    )


def forget(session: Session, address: str) -> None:
    """Take an address for good again: its owner proved it."""
    row = session.get(RefusedAddress, address)
    if row is not None:
        session.delete(row)


def is_refused(session: Session, address: str) -> bool:
    """Tell whether mails to this address come back."""
    return session.get(RefusedAddress, address) is not None


def lines() -> list[RefusedLine]:
    """List the guardians concerned, by family."""
    return [RefusedLine(*row) for row in db.session().execute(_LINES)]
