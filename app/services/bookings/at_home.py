"""On which days a home may book for a child: enrolled by then, in a week of its own."""

from datetime import date
from typing import Any, NamedTuple, Self

from app.models import Custody, Enrolment
from app.services.bookings.judge.custody import Turns
from app.services.bookings.judge.worlds import Enrolled

# What a statement asks for to say so; weeks of custody are outer joined.
COLUMNS = (Enrolment.first, Enrolment.last, Custody.pattern, Custody.handover, Custody.anchor)


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
    """Read whose weeks are whose; None when this home has all of them."""
    return Turns(row.pattern, row.handover, row.anchor) if row.pattern else None
