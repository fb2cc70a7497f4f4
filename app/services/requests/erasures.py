"""A family's data are to be erased: what stands in the way, when it is done, cancelling it.

`erasure` does it, in the first night that comes a day later.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import day_in_full, euros
from app.models import Family, FamilyErasure
from app.services import journal
from app.services.actors import Actor
from app.services.billing.ledger import BALANCE, ZERO
from app.services.jobs import nights
from app.services.refusals import Reason, Refusal

# For whoever changes their mind, and for a parent who did not ask.
DELAY = timedelta(days=1)

IS_OPEN = FamilyErasure.done_at.is_(None) & FamilyErasure.cancelled_at.is_(None)
_FAMILIES = (
    select(Family.id, Family.missing_since)
    .where(Family.number == bindparam("number"), Family.erased_at.is_(None))
    .order_by(Family.id)
)
_OPEN = select(FamilyErasure).where(FamilyErasure.family_id == bindparam("family_id"), IS_OPEN)
_ALL_OPEN = (
    select(FamilyErasure.family_id, Family.number, FamilyErasure.due_at, FamilyErasure.acted_by)
    .join(Family, Family.id == FamilyErasure.family_id)
    .where(IS_OPEN)
    .order_by(FamilyErasure.due_at, Family.number)
)


class Planned(NamedTuple):
    """A family whose data are to be erased, and what keeps it from being done."""

    number: str
    night: date
    acted_by: str
    obstacle: str | None

    @property
    def when(self) -> str:
        """Say in which night."""
        return night_in_words(self.night)


class Outlook(NamedTuple):
    """Where a family stands: its data may be erased, are to be, or something is in the way."""

    number: str
    # In which night it is done; empty when nothing is planned.
    when: str
    obstacle: str | None


def family_of(number: str) -> int:
    """Find the family that has this number; of several, the one that left the files.

    Raises Refusal.
    """
    found = db.session().execute(_FAMILIES, {"number": number}).all()
    if not found:
        raise Refusal(Reason.UNKNOWN, f"il n’y a pas de famille n°\u00a0{number}.")
    left = [row for row in found if row.missing_since] if len(found) > 1 else found
    if len(left) != 1:
        raise Refusal(Reason.AMBIGUOUS, f"plusieurs familles ont le n°\u00a0{number}.")
    return int(left[0].id)


def obstacle(session: Session, family_id: int) -> str | None:
    """Say why a family's data cannot be erased now; None when they can."""
    if session.get_one(Family, family_id, populate_existing=True).missing_since is None:
        return (
            "la famille était dans le dernier import\u00a0: "
            "retirez-la d’abord de votre logiciel, puis importez."
        )
    balance = session.execute(select(BALANCE), {"family_id": family_id}).scalar_one()
    if balance < ZERO:
        return f"la famille doit {euros(-balance)}\u00a0: attendez qu’elle ait payé."
    if balance > ZERO:
        return f"la mairie doit {euros(balance)} à la famille\u00a0: remboursez-la d’abord."
    return None


def check(family_id: int) -> None:
    """Raise Refusal when a family's data cannot be erased, or are to be."""
    _check(db.session(), family_id)


def plan_now(family_id: int, actor: Actor) -> str:
    """Have a family's data erased; say when. Raises Refusal."""
    with db.transaction() as session:
        return night_in_words(plan(session, family_id, actor))


def cancel_now(family_id: int, actor: Actor) -> None:
    """Keep a family's data after all. Raises Refusal."""
    with db.transaction() as session:
        if not cancel(session, family_id, actor):
            raise Refusal(Reason.SAME, "l’effacement de cette famille n’est pas prévu.")


def outlook(family_id: int) -> Outlook | None:
    """Look at a family before anybody decides; None when there is none, or no more."""
    session = db.session()
    family = session.get(Family, family_id)
    if family is None or family.erased_at:
        return None
    found = session.scalars(_OPEN, {"family_id": family_id}).first()
    when = night_of(found.due_at) if found else ""
    return Outlook(family.number, when, obstacle(session, family_id))


def night_of(due_at: datetime) -> str:
    """Say in which night what is due then is done."""
    return night_in_words(_night(due_at))


def plan(session: Session, family_id: int, actor: Actor) -> date:
    """Have a family's data erased, in the caller's transaction; return the day of the night.

    Raises Refusal.
    """
    # Two who ask at once follow each other.
    session.get_one(Family, family_id, with_for_update=True)
    _check(session, family_id)
    now = datetime.now(UTC)
    session.add(
        FamilyErasure(
            family_id=family_id, planned_at=now, due_at=now + DELAY, acted_by=actor.acted_by
        )
    )
    journal.record_of_family(session, "erasure_planned", actor, family_id)
    return nights.next_night(now + DELAY)


def cancel(session: Session, family_id: int, actor: Actor) -> int | None:
    """Keep a family's data after all; return which erasure it was, None when none was planned."""
    found = session.scalars(_OPEN, {"family_id": family_id}).first()
    if found is None:
        return None
    found.cancelled_at = datetime.now(UTC)
    journal.record_of_family(session, "erasure_cancelled", actor, family_id)
    return found.id


def resume(session: Session, erasure_id: int, actor: Actor) -> None:
    """Have a family's data erased as it was planned before somebody cancelled it by mistake."""
    found = session.get_one(FamilyErasure, erasure_id)
    found.cancelled_at = None
    journal.record_of_family(session, "erasure_planned", actor, found.family_id)


def planned() -> list[Planned]:
    """List what is planned, the next first."""
    session = db.session()
    return [
        Planned(
            row.number,
            _night(row.due_at),
            row.acted_by,
            obstacle(session, row.family_id),
        )
        for row in session.execute(_ALL_OPEN).all()
    ]


def _night(due_at: datetime) -> date:
    return nights.next_night(max(due_at, datetime.now(UTC)))


def _check(session: Session, family_id: int) -> None:
    if session.scalars(_OPEN, {"family_id": family_id}).first():
        raise Refusal(Reason.SAME, "l’effacement de cette famille est déjà prévu.")
    if why := obstacle(session, family_id):
        raise Refusal(Reason.UNFIT, why)


def night_in_words(night: date) -> str:
    """Say « la nuit du … au … »."""
    before = day_in_full(night - timedelta(days=1))
    return f"dans la nuit du {before} au {day_in_full(night)}"
