"""The town closes services on some days: what was booked goes, is told, comes back if it reopens.

Nothing is deleted: a day that was closed keeps who had booked it. What came with a meal alone goes
with it, as when a family cancels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, today
from app.models import Booking, BookingState, Closing, DayState, Service, ServiceDay
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import catalogue, places, waiting
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.closings import closing_days, closing_extent, closing_moves
from app.services.bookings.closings.closing_extent import Extent, Stands
from app.services.bookings.closings.closing_moves import Changed
from app.services.bookings.places import At
from app.services.refusals import Reason, Refusal

PAST = "ce jour est passé\u00a0: ce qui y fut réservé reste"
OPEN_ALREADY = "c’est déjà rouvert"
LONGEST_WORDS = 500
LONGEST_REASON = 200


def preview(extent: Extent) -> Changed:
    """Tell what closing these services would take away. Raises Refusal."""
    _check(extent)
    session = db.session()
    wanted = closing_days.services(session, extent.slugs)
    kept = _kept(extent, closing_days.to_close(session, _town(extent.days), wanted, extent))
    going = closing_extent.going(session, kept, wanted)
    return closing_moves.told(session, kept, wanted, [(each, each.state) for each in going])


def close(extent: Extent, reason: str, by: Actor) -> Changed:
    """Close services on some days; what was booked of them is there no more. Raises Refusal."""
    _check(extent)
    said = " ".join(reason.split())[:LONGEST_REASON].removesuffix(".")
    if not said:
        raise Refusal(Reason.MISSING, "dites pourquoi\u00a0: les familles le lisent")
    with db.transaction() as session:
        _hold(session, extent.days)
        wanted = closing_days.services(session, extent.slugs)
        marks = closing_days.to_close(session, _town(extent.days), wanted, extent)
        kept = _kept(extent, marks)
        closing = _begin(session, kept, said, by)
        closing_days.mark(session, marks, closing)
        changed = replace(
            _take_away(session, kept, wanted, said),
            closing_id=closing.id,
            public_id=closing.public_id,
        )
        closing.words = changed.words[:LONGEST_WORDS]
        _note(session, "day_closed", changed, by)
    with db.transaction() as session:
        # Who was booking while it closed had read that it was open.
        _hold(session, kept.days)
        late = _take_away(session, kept, closing_days.services(session, extent.slugs), said)
        changed = replace(changed, moved=changed.moved + late.moved)
        closing = session.get_one(Closing, changed.closing_id)
        closing.meals, closing.children = changed.meals, changed.children
        closing.families = len(changed.families)
    return changed


def reopen(extent: Extent, by: Actor) -> Changed:
    """Open services again; what the closing took away is booked as before. Raises Refusal."""
    _check(extent)
    with db.transaction() as session:
        _hold(session, extent.days)
        wanted = closing_days.services(session, extent.slugs)
        return _open(session, closing_days.to_open(session, wanted, extent), by)


def undo(public_id: str, by: Actor) -> Changed:
    """Open again what is left of a closing, from today on. Raises Refusal."""
    with db.transaction() as session:
        days = session.scalars(_left_of(public_id)).all()
        if not days:
            raise Refusal(Reason.SAME, OPEN_ALREADY)
        _hold(session, sorted({each.day for each in days}))
        return _open(session, session.scalars(_left_of(public_id)).all(), by)


def _left_of(public_id: str) -> Select[ServiceDay]:
    return (
        select(ServiceDay)
        .join(Closing, Closing.id == ServiceDay.closing_id)
        .where(
            Closing.public_id == public_id,
            ServiceDay.state == DayState.CLOSED,
            ServiceDay.day >= today(),
        )
        .order_by(ServiceDay.day, ServiceDay.service_id, ServiceDay.school)
        .execution_options(populate_existing=True)
    )


def _open(session: Session, rows: Sequence[ServiceDay], by: Actor) -> Changed:
    if not rows:
        raise Refusal(Reason.SAME, OPEN_ALREADY)
    closing_days.open_again(rows)
    session.flush()
    days = tuple(sorted({row.day for row in rows}))
    schools = tuple(sorted({row.school for row in rows} - {""}))
    numbers = {row.service_id for row in rows}
    services = session.scalars(select(Service).where(Service.id.in_(numbers))).all()
    coming = closing_extent.coming_back(session, days)
    changed = closing_moves.told(
        session, Extent(days, schools=schools), services, list(coming.items())
    )
    closing_moves.move(session, coming, f"Rouvert{NBSP}: réservé comme avant.")
    _promote(session, coming)
    ended = _end(session, {row.closing_id for row in rows if row.closing_id})
    changed = replace(changed, closing_id=ended[0] if len(ended) == 1 else None)
    _note(session, "day_reopened", changed, by)
    return changed


def _end(session: Session, numbers: Iterable[int]) -> list[int]:
    """Say of closings of which nothing is closed any more that they are over; return which."""
    ended = []
    for number in sorted(numbers):
        left = exists().where(ServiceDay.closing_id == number, ServiceDay.state == DayState.CLOSED)
        if not session.scalar(select(left)):
            session.get_one(Closing, number).undone_at = datetime.now(UTC)
            ended.append(number)
    return ended


def _begin(session: Session, kept: Extent, said: str, by: Actor) -> Closing:
    closing = Closing(
        at=datetime.now(UTC),
        acted_by=by.acted_by,
        words="",
        first=kept.days[0],
        last=kept.days[-1],
        reason=said,
    )
    session.add(closing)
    session.flush()
    return closing


def _take_away(session: Session, kept: Extent, wanted: Sequence[Service], said: str) -> Changed:
    going = closing_extent.going(session, kept, wanted)
    changed = closing_moves.told(session, kept, wanted, [(each, each.state) for each in going])
    closing_moves.move(session, dict.fromkeys(going, BookingState.CLOSED), f"Fermé{NBSP}: {said}.")
    _promote(session, going)
    return changed


def _hold(session: Session, days: Sequence[date]) -> None:
    """Keep everybody else from these days until the end, as whoever books does."""
    children = session.scalars(select(Booking.child_id).where(Booking.day.in_(days)).distinct())
    town = _town(days)
    places.lock(session, town, children, [At(each, day) for day in days for each in town.services])


def _town(days: Sequence[date]) -> Catalogue:
    return catalogue.read(min(days), max(days))


def _promote(session: Session, moved: Iterable[Stands]) -> None:
    """Give to those who wait what came free, or what there is of a service that is open again."""
    session.flush()
    ats = {At(each.service_id, each.day) for each in moved}
    if ats:
        waiting.promote(session, _town([at.day for at in ats]), ats)


def _check(extent: Extent) -> None:
    if min(extent.days) < today():
        raise Refusal(Reason.CLOSED, PAST)


def _kept(extent: Extent, marks: Iterable[closing_days.Mark]) -> Extent:
    """Keep the days that there is something to close on."""
    return extent._replace(days=tuple(sorted({day for _, day, _ in marks})))


def _note(session: Session, event: str, changed: Changed, by: Actor) -> None:
    journal.record(session, event, by, about=changed.words, rows_changed=str(changed.bookings))
