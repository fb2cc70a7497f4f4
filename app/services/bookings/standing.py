"""What stands in the days of a family's children: day by day, or the days that are alike at once.

Whoever judges or saves asks all of each day; a month that is only read has ten times as many days,
and asks how they stand alone.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, String, bindparam, cast, func, select

from app import db
from app.models import (
    FAMILY,
    HOLDING,
    Booking,
    BookingOrigin,
    BookingState,
    FamilyChild,
)
from app.services.bookings import places
from app.services.bookings.judge.worlds import Cell, Held
from app.services.inbox.messages import TOLD_BY

# Those that a family has: a place, or a rank in a list.
LIVE = frozenset({BookingState.BOOKED, BookingState.OFFERED, BookingState.WAITING})
# What nobody has any more leaves its day to whoever comes next.
GIVEN_BACK = frozenset({BookingState.CANCELLED})

# The other home's too: a child eats once.
_OF_CHILDREN = FamilyChild.child_id == Booking.child_id
_WITHIN = (
    FamilyChild.family_id == FAMILY,
    Booking.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
)
_BOOKED = (
    select(
        Booking.id,
        Booking.child_id,
        Booking.service_id,
        Booking.day,
        Booking.family_id,
        Booking.state,
        Booking.origin,
        Booking.version,
        Booking.late,
        places.RANK.label("rank"),
        Booking.offer_until,
        Booking.group_id,
        TOLD_BY.label("message"),
    )
    .join(FamilyChild, _OF_CHILDREN)
    .where(*_WITHIN)
    .order_by(Booking.day, Booking.child_id, Booking.service_id)
)
_WHOSE = (Booking.child_id, Booking.service_id, Booking.family_id)
_HOW = (Booking.state, Booking.origin, Booking.late)
# A month of a service is read sooner as one text than as rows.
_ALIKE = (
    select(*_WHOSE, *_HOW, func.aggregate_strings(cast(Booking.day, String), " ").label("days"))
    .join(FamilyChild, _OF_CHILDREN)
    .where(*_WITHIN)
    .group_by(*_WHOSE, *_HOW)
)


class Booked(NamedTuple):
    """What a day is for a child at a service, whichever home booked it."""

    id: int
    child_id: int
    service_id: int
    day: date
    family_id: int
    state: BookingState
    origin: BookingOrigin
    version: int
    # Past the limit, at the price of that.
    late: bool
    # Among those who wait; 0 for who does not.
    rank: int
    # Until when a place is kept for it.
    offer_until: datetime | None
    # In whose places it counts.
    group_id: int
    # The message that told why it is closed.
    message: str | None

    @property
    def cell(self) -> Cell:
        """Name it."""
        return Cell(self.child_id, self.service_id, self.day)


class Standing(NamedTuple):
    """What stands in some days of some children."""

    # Nothing of days that were read alike.
    booked: dict[Cell, Booked]
    # In which group each has a place, of those that have one.
    held_in: dict[Cell, int]
    # This family's.
    ours: dict[Cell, Held]
    # What the other home has.
    elsewhere: set[Cell]
    # Which child chose which service for some day, and may give it back.
    chosen: set[tuple[int, int]]


def read(family_id: int, within: Mapping[str, date]) -> Standing:
    """Read the days of a family between two dates, one by one."""
    found = Standing({}, {}, {}, set(), set())
    for each in map(Booked._make, db.rows(_BOOKED, family_id=family_id, **within)):
        cell = each.cell
        found.booked[cell] = each
        if each.state in HOLDING:
            found.held_in[cell] = each.group_id
        if each.family_id == family_id:
            found.ours[cell] = Held(each.state, each.origin, each.offer_until, each.late)
            if each.state in LIVE and each.origin is not BookingOrigin.LINKED:
                found.chosen.add(cell[:2])
        elif each.state not in GIVEN_BACK:
            found.elsewhere.add(cell)
    return found


def read_alike(family_id: int, within: Mapping[str, date]) -> Standing:
    """Read the same, without what nobody asks who does not judge."""
    found = Standing({}, {}, {}, set(), set())
    for child, service, whose, state, origin, late, days in db.rows(
        _ALIKE, family_id=family_id, **within
    ):
        cells = [Cell(child, service, day) for day in map(date.fromisoformat, days.split())]
        if whose == family_id:
            found.ours.update(dict.fromkeys(cells, Held(state, origin, late=late)))
            if state in LIVE and origin is not BookingOrigin.LINKED:
                found.chosen.add((child, service))
        elif state not in GIVEN_BACK:
            found.elsewhere.update(cells)
    return found
