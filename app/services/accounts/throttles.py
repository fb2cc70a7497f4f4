"""Waiting after failures, counted in the database so that workers and restarts share it.

A wait, never a lock: nobody can shut a parent out by typing their identifiant.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import db
from app.models import Throttle

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)

# A school or a phone network is one address: 40 families may each fail a few times.
ADDRESS_WINDOW = timedelta(minutes=5)
ADDRESS_FAILURES = 300
# Each asks for a mail to be made: still generous, but a flood has to stop somewhere.
ADDRESS_REQUESTS = 120
# « Mes données » reads all there is: enough for a download that failed, twice.
OWN_DATA_REQUESTS = 3


def sign_in_key(identifier: str, device: str | None) -> str:
    """Name the counter of failed sign-ins: one per identifiant, one per device known to it."""
    return f"sign-in:{identifier}:{device}" if device else f"sign-in:{identifier}"


def current_password_key(account_id: int) -> str:
    """Name the counter of wrong current passwords on the page that changes it."""
    return f"current-password:{account_id}"


def own_data_key(account_id: int) -> str:
    """Name the counter of the archives that an account asked for."""
    return f"own-data:{account_id}"


def address_key(situation: str, address: str) -> str:
    """Name the counter of an address in a situation, `sign-in` or `reset`."""
    return f"{situation}-from:{address}"


def wait(keys: list[str]) -> timedelta:
    """Return how long to wait before the next try; zero when there is nothing to wait for."""
    now = datetime.now(UTC)
    ends = db.session().scalars(
        select(Throttle.blocked_until).where(Throttle.key.in_(keys), Throttle.blocked_until > now)
    )
    return max((end - now for end in ends if end is not None), default=timedelta())


def count_failure(session: Session, key: str) -> None:
    """Count a failed sign-in: 5 are free, then the wait doubles, up to 15 minutes."""
    now = datetime.now(UTC)
    row = _counter(session, key, now, lasting=FORGOTTEN_AFTER)
    if row.count >= FREE_FAILURES:
        doublings = min(row.count - FREE_FAILURES, 10)
        row.blocked_until = now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    # A counter lives on while it is being fed.
    row.expires_at = now + FORGOTTEN_AFTER


def count_in_window(session: Session, key: str, limit: int) -> bool:
    """Count an act; False once there were more than `limit` in 5 minutes."""
    now = datetime.now(UTC)
    row = _counter(session, key, now, lasting=ADDRESS_WINDOW)
    if row.count > limit:
        row.blocked_until = row.expires_at
    return row.count <= limit


def clear(session: Session, key: str) -> None:
    """Forget the failures: somebody proved who they are."""
    row = session.get(Throttle, key)
    if row is not None:
        session.delete(row)


def clear_sign_in(session: Session, identifier: str) -> None:
    """Forget every failed sign-in with an identifiant, on known devices and unknown ones.

    Somebody proved by their mailbox that it is theirs: nobody's failures make them wait any more.
    """
    key = sign_in_key(identifier, None)
    known = Throttle.key.startswith(f"{key}:", autoescape=True)
    session.execute(
        delete(Throttle)
        .where((Throttle.key == key) | known)
        .execution_options(synchronize_session=False)
    )


def _counter(session: Session, key: str, now: datetime, lasting: timedelta) -> Throttle:
    """Add one to a counter, begun anew if it has expired, and lock it until the commit."""
    fresh = db.insert(Throttle).values(key=key, count=0, expires_at=now + lasting)
    session.execute(fresh.on_conflict_do_nothing(index_elements=[Throttle.key]))
    row = session.scalars(
        select(Throttle)
        .where(Throttle.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.expires_at <= now:
        row.count, row.blocked_until, row.expires_at = 0, None, now + lasting
    row.count += 1
    return row
