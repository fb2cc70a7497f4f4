"""Bookings follow what was closed or opened, some children at a time, each part in a transaction.

Its days are marked by then: whoever books a day holds its child before reading whether it is open,
so that one time over all children is enough. A part is done again at no cost: what stands already
as it should is left as it is. Whoever is killed between two parts leaves the rest to another.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select, true, update
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP
from app.models import Booking, BookingState, Child, Closing
from app.services.bookings import catalogue, places, waiting
from app.services.bookings.closings import closing_extent, closing_moves, closing_return
from app.services.bookings.closings.closing_extent import NOTHING, Counts, Stands
from app.services.bookings.judge.worlds import COMING
from app.services.bookings.places import At

# Bookings that one part moves, or so: locks are held a fraction of a second.
AT_ONCE = 1_000
# The same children however long it closes: a part costs some statements of its own.
FEWEST, MOST = 10, 500
BACK = f"Rouvert{NBSP}: réservé comme avant."


class Work(NamedTuple):
    """What is to follow: a closing, or whatever is open again of these days."""

    days: tuple[date, ...]
    # None to open again.
    closing_id: int | None = None
    # Of some schools alone; all, when there is none.
    schools: tuple[str, ...] = ()
    # What is said of it in the history of each.
    sentence: str = BACK


def parts(work: Work) -> Iterator[tuple[Counts, int]]:
    """Do it, a part at each step; tell what each moved, and of how many children.

    A family counts in each part that has a child of it.
    """
    last = 0
    while True:
        with db.transaction() as session:
            children = next_children(session, work, last)
            moved = _move(session, work, children) if children else NOTHING
        if not children:
            return
        last = children[-1]
        yield moved, len(children)
        db.make_way()


def children_of(work: Work) -> int:
    """Count over how many children it goes."""
    return db.session().scalar(select(func.count(Child.id)).where(_whose(work))) or 0


def next_children(session: Session, work: Work, last: int) -> Sequence[int]:
    """Hold the next children, whoever may be booking for them at this moment."""
    some = min(MOST, max(FEWEST, AT_ONCE // len(work.days)))
    found = session.scalars(
        select(Child.id)
        .where(Child.id > last, _whose(work))
        .order_by(Child.id)
        .limit(some)
        .with_for_update(key_share=True)
    )
    return found.all()


def _whose(work: Work) -> ColumnElement[bool]:
    return Child.school.in_(work.schools) if work.schools else true()


def _move(session: Session, work: Work, children: Sequence[int]) -> Counts:
    theirs = exists().where(Booking.child_id.in_(children), Booking.day.in_(work.days))
    if not session.scalar(select(theirs)):
        return NOTHING
    town = catalogue.read(min(work.days), max(work.days))
    # Whoever waits may be given a place by who holds the place, not the child.
    ats = [At(each, day) for day in work.days for each in town.services]
    places.lock_places(session, town, ats)
    moving = _moving(session, work, children)
    if not moving:
        return NOTHING
    closing_moves.move(session, moving, work.sentence)
    session.flush()
    # What came free is for those who wait, or what there is of a service that is open again.
    freed = {At(each.service_id, each.day) for each in moving}
    waiting.promote(session, catalogue.read(min(work.days), max(work.days)), freed)
    counts = _counted(session, moving)
    if work.closing_id is not None:
        session.execute(
            update(Closing)
            .where(Closing.id == work.closing_id)
            .values(meals=Closing.meals + counts.meals, children=Closing.children + counts.children)
            .execution_options(synchronize_session=False)
        )
    return counts


def _moving(session: Session, work: Work, children: Sequence[int]) -> Mapping[Stands, BookingState]:
    if work.closing_id is None:
        return closing_return.coming_back(session, work.days, children)
    closed = closing_extent.of_act(session, work.closing_id)
    going = closing_extent.going(session, work.days, closed, children)
    return dict.fromkeys(going, BookingState.CLOSED)


def _counted(session: Session, moving: Mapping[Stands, BookingState]) -> Counts:
    """Count it as it stands when it is open: before, or after."""
    canteens = closing_extent.canteens(session)
    return Counts(
        bookings=len(moving),
        children=len({each.child_id for each in moving}),
        families=len({each.family_id for each in moving}),
        meals=sum(
            each.service_id in canteens and bool({each.state, state} & COMING)
            for each, state in moving.items()
        ),
    )
