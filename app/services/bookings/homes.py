"""The weeks of each home of a child, as the town hall says them: of a judgment, or for both.

Whoever says them has the last word: what one home proposed to the other is void.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import db
from app.models import Custody, CustodyDay, CustodyProposal
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import words
from app.services.bookings.judge.custody import Turns
from app.services.families import lookup

# As far as parents plan.
WEEKS_AHEAD = 10


@dataclass(frozen=True, slots=True)
class OfHome:
    """The weeks in which a home has a child; without turns, all of them."""

    child: str
    turns: Turns | None

    @property
    def pattern(self) -> str:
        """Say them in French."""
        return words.WEEKS[self.turns.pattern] if self.turns else "toutes les semaines"

    def weeks(self, since: date) -> list[tuple[date, date]]:
        """List those of the next ones, by their first and last day."""
        return list(self.turns.weeks(since, WEEKS_AHEAD)) if self.turns else []

    def warning(self, since: date) -> str | None:
        """Tell of a week 53 among them."""
        return self.turns.warning(since, WEEKS_AHEAD) if self.turns else None


def read(child: str, family_number: str) -> OfHome:
    """Read them of a child, by name or by number. Raises Refusal when there is none, or several."""
    with db.transaction() as session:
        family_id, child_id, name = lookup.one_child(session, child, family_number)
        return OfHome(name, of_child(session, family_id, child_id))


def of_child(session: Session, family_id: int, child_id: int) -> Turns | None:
    """Read the weeks of a home, and the days that homes left; None when it has all weeks."""
    row = session.get(Custody, (child_id, family_id))
    if row is None:
        return None
    told = select(CustodyDay).where(CustodyDay.child_id == child_id).order_by(CustodyDay.day)
    days = {each.day: each.family_id == family_id for each in session.scalars(told)}
    return Turns(row.pattern, row.handover, row.anchor, days)


def say(child: str, family_number: str, turns: Turns | None, by: Actor) -> OfHome:
    """Have a home have a child in these weeks only, or in all; what is booked stays.

    Raises Refusal when there is no such child, or several.
    """
    with db.transaction() as session:
        family_id, child_id, name = lookup.one_child(session, child, family_number)
        of_home = OfHome(name, turns)
        write(session, family_id, child_id, turns)
        journal.record_of_family(
            session, "custody_said", by, family_id, child=str(child_id), weeks=of_home.pattern
        )
    return of_home


def write(session: Session, family_id: int, child_id: int, turns: Turns | None) -> None:
    """Write the weeks of a home in the caller's transaction."""
    session.execute(delete(CustodyProposal).where(CustodyProposal.child_id == child_id))
    if turns is None:
        session.execute(
            delete(Custody).where(Custody.family_id == family_id, Custody.child_id == child_id)
        )
        return
    session.merge(
        Custody(
            child_id=child_id,
            family_id=family_id,
            pattern=turns.pattern,
            handover=turns.handover,
            anchor=turns.anchor,
        )
    )
