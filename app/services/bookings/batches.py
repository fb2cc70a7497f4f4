"""What is saved at once has a name and a key: the same sending is saved once."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.models import BookingBatch
from app.services.accounts import allowances
from app.services.actors import Actor, CurrentAccount
from app.services.refusals import Reason, Refusal

# Nobody changes their mind as often; a script might.
MOST_A_DAY = 200
DAY = timedelta(days=1)
TOO_MANY = "Vous avez changé vos réservations très souvent aujourd’hui. Réessayez demain."

_SAVED = select(BookingBatch.public_id).where(BookingBatch.sending_key == bindparam("sending_key"))
_SAVED_TODAY = select(func.count(BookingBatch.id)).where(
    BookingBatch.account_id == bindparam("account_id"), BookingBatch.at > bindparam("since")
)


def saved(session: Session, own_key: str) -> str:
    """Return the name of what was saved by a sending; empty when nothing was."""
    return session.scalars(_SAVED, {"sending_key": own_key}).first() or ""


def by_guardian(session: Session, account: CurrentAccount, own_key: str) -> BookingBatch | None:
    """Name what a guardian saves; None when it was saved already, or is being saved beside this."""
    allowances.one_at_a_time(session, account.account_id)
    since = {"account_id": account.account_id, "since": datetime.now(UTC) - DAY}
    if session.scalars(_SAVED_TODAY, since).one() >= MOST_A_DAY:
        raise Refusal(Reason.TOO_MANY, TOO_MANY)
    return _begin(session, own_key, family_id=account.family_id, account_id=account.account_id)


def by_sending_of_town(
    session: Session, family_id: int, by: Actor, own_key: str
) -> BookingBatch | None:
    """Name what the town hall saves for a family, as `by_guardian` does."""
    return _begin(session, own_key, family_id=family_id, acted_by=by.acted_by)


def by_town(session: Session, family_id: int, by: Actor) -> BookingBatch:
    """Name what the town hall does for a family, which nothing does twice."""
    batch = by_sending_of_town(session, family_id, by, secrets.token_hex(16))
    assert batch is not None
    return batch


def _begin(session: Session, own_key: str, **whose: Any) -> BookingBatch | None:
    inserted = (
        db.insert(BookingBatch)
        .values(at=datetime.now(UTC), sending_key=own_key, **whose)
        .on_conflict_do_nothing()
        .returning(BookingBatch.id)
    )
    number = session.scalars(inserted).first()
    return None if number is None else session.get_one(BookingBatch, number)
