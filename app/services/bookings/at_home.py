"""On which days a home may book for a child: enrolled by then, in a week of its own."""

from datetime import date
from typing import Any, NamedTuple, Self

from sqlalchemy import String, case, cast, func, select

from app.models import Custody, CustodyDay, Enrolment
from app.services.bookings.judge.custody import Turns
from app.services.bookings.judge.worlds import Enrolled

# The days that a home has, or not, whatever the week: +2026-12-04,-2026-12-09.
_IS_HERE = case((CustodyDay.family_id == Custody.family_id, "+"), else_="-")
_DAYS = (
    select(func.aggregate_strings(_IS_HERE + cast(CustodyDay.day, String), ","))
    .where(CustodyDay.child_id == Custody.child_id)
    .correlate(Custody)
    .scalar_subquery()
)
# What a statement asks for to say whose weeks are whose; weeks of custody are outer joined.
TURNS = (Custody.pattern, Custody.handover, Custody.anchor, _DAYS.label("days_of_homes"))
COLUMNS = (Enrolment.first, Enrolment.last, *TURNS)


class AtHome(NamedTuple):
    """An enrolment of a child by one home, and whose weeks are whose."""

    enrolled: Enrolled
    # None when this home has all of them.
    turns: Turns | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read it of a row that has these columns."""
        return cls(Enrolled(row.first, row.last), turns_of(row))

    def has(self, day: date) -> bool:
        """Tell whether the home may book that day."""
        return self.enrolled.covers(day) and (self.turns is None or self.turns.is_here(day))


def turns_of(row: Any) -> Turns | None:
    """Read whose weeks are whose, and whose days; None when this home has all of them."""
    if not row.pattern:
        return None
    told = (row.days_of_homes or "").split(",")
    days = {date.fromisoformat(each[1:]): each[0] == "+" for each in told if each}
    return Turns(row.pattern, row.handover, row.anchor, days)
