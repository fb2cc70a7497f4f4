"""What a judge answers: whether it may be done, why not, until when, and what to do instead."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.services.bookings.judge.worlds import Cell


class Act(StrEnum):
    """What one wants to do to a cell."""

    BOOK = "book"
    # Past the limit too, knowing what that costs.
    BOOK_LATE = "book_late"
    # By the town hall, for a family that asked: whatever the hour, and the places.
    GRANT = "grant"
    CANCEL = "cancel"
    # By the town hall: whatever the hour.
    WITHDRAW = "withdraw"
    DECLARE_ABSENCE = "declare_absence"


BOOKING = frozenset({Act.BOOK, Act.BOOK_LATE, Act.GRANT})
# Booked past its limit when it is over.
LATE = frozenset({Act.BOOK_LATE, Act.GRANT})
GIVING_BACK = frozenset({Act.CANCEL, Act.WITHDRAW})
# By the town hall, which no hour binds.
BY_TOWN = frozenset({Act.GRANT, Act.WITHDRAW})


class Obstacle(StrEnum):
    """Why it may not be done."""

    # No day of the service: its box is not drawn.
    NOT_SERVED = "not_served"
    PUBLIC = "public"
    SCHOOL = "school"
    # A day of the service that was closed.
    CLOSED = "closed"
    PAST = "past"
    INVOICED = "invoiced"
    # One does not book it day by day.
    NOT_BY_DAYS = "not_by_days"
    NOT_ENROLLED = "not_enrolled"
    OTHER_HOME = "other_home"
    # It is so already.
    SAME = "same"
    # There is nothing to cancel.
    NOT_BOOKED = "not_booked"
    BROUGHT = "brought"
    EXCLUDED = "excluded"
    NEEDED = "needed"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    FULL = "full"


class RemedyKind(StrEnum):
    """What to do instead; where that leads is for who shows it."""

    BOOK_LATE = "book_late"
    REQUEST_PLACE = "request_place"
    DECLARE_ABSENCE = "declare_absence"
    WAIT = "wait"
    TELL_ME = "tell_me"
    ENROL = "enrol"
    ASK_ABOUT_INVOICE = "ask_about_invoice"
    WRITE = "write"


class Remedy(NamedTuple):
    """A link or a button: what it does, in the words that stand on it."""

    kind: RemedyKind
    words: str


class Verdict(NamedTuple):
    """The same on each door: page, sending, command, import and feed.

    `sentence` is said as it is, of what may be done too; `limit` is the first instant at which it
    is too late; `price` is an estimate, None where the town gave none; `late` tells which cells
    are booked past their own limit.
    """

    sentence: str
    obstacle: Obstacle | None = None
    limit: datetime | None = None
    remedy: Remedy | None = None
    price: Decimal | None = None
    late: frozenset[Cell] = frozenset()

    @property
    def ok(self) -> bool:
        """Tell whether it may be done."""
        return self.obstacle is None

    @property
    def is_drawn(self) -> bool:
        """Tell whether the week has a box there at all."""
        return self.obstacle not in NO_DAY


NO_DAY = frozenset({Obstacle.NOT_SERVED, Obstacle.PUBLIC, Obstacle.SCHOOL})
