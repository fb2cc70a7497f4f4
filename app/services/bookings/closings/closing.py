"""The town closes services on some days: what was booked goes, is told, comes back if it reopens.

Nothing is deleted: a day that was closed keeps who had booked it. What came with a meal alone goes
with it, as when a family cancels. The days are closed at once, in one short transaction: nobody
books them any more. What was booked follows in parts (`closing_parts`), here as far as the caller
waits for, the rest in the background; when all of it is done, families are written to.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app import db, typed_text
from app.formats import today
from app.models import Closing, DayState, Service, ServiceDay
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import catalogue
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.closings import closing_days, closing_extent, closing_work
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.closings.closing_letters import About, Opened
from app.services.bookings.closings.closing_moves import Changed
from app.services.bookings.closings.closing_work import Errand
from app.services.refusals import Reason, Refusal

PAST = "ce jour est passé\u00a0: ce qui y fut réservé reste"
OPEN_ALREADY = "c’est déjà rouvert"
LONGEST_WORDS = 500
LONGEST_REASON = 200


class ToClose(NamedTuple):
    """What is closed at once, and why."""

    extent: Extent
    reason: str


def preview(extent: Extent) -> Changed:
    """Tell what closing these services would take away. Raises Refusal."""
    _check(extent)
    # Six weeks of a great town are a million bookings to count: some seconds.
    db.take_time()
    session = db.session()
    wanted = closing_days.services(session, extent.slugs)
    kept = _kept(extent, closing_days.to_close(session, _town(extent.days), wanted, extent))
    concerned = closing_extent.bound(session, wanted)
    closed = closing_extent.of_extent(kept, concerned)
    counts = closing_extent.count(session, kept.days, closed)
    return Changed(kept.days, _names(concerned), kept.schools, counts)


def close(
    extent: Extent, reason: str, by: Actor, more: str = "", most_parts: int | None = None
) -> Changed:
    """Close services on some days, and write to families who had booked. Raises Refusal."""
    [changed] = close_several([ToClose(extent, reason)], by, more, most_parts)
    return changed


def close_several(
    wanted: Sequence[ToClose], by: Actor, more: str = "", most_parts: int | None = None
) -> list[Changed]:
    """Do so for several reasons, all or nothing; a family reads of all of them in one message.

    After so many parts the background does the rest. Raises Refusal.
    """
    for each in wanted:
        _check(each.extent)
    with db.transaction() as session:
        _hold(session)
        begun = [_begin(session, *each, by) for each in wanted]
        numbers = tuple(each.closing_id for each in begun if each.closing_id is not None)
        errand = Errand(by.acted_by, more, numbers)
        job = closing_work.ask(session, errand)
    return closing_work.follow(job, errand, most_parts).said_of(begun)


def reopen(extent: Extent, by: Actor, more: str = "", most_parts: int | None = None) -> Changed:
    """Open services again; what the closing took away is booked as before. Raises Refusal."""
    _check(extent)
    with db.transaction() as session:
        _hold(session)
        wanted = closing_days.services(session, extent.slugs)
        rows = closing_days.to_open(session, wanted, extent)
        job, errand, changed = _open(session, rows, by, more)
    [changed] = closing_work.follow(job, errand, most_parts).said_of([changed])
    return changed


def undo(public_id: str, by: Actor, more: str = "", most_parts: int | None = None) -> Changed:
    """Open again what is left of a closing, from today on. Raises Refusal."""
    with db.transaction() as session:
        _hold(session)
        rows = session.scalars(_left_of(public_id)).all()
        job, errand, changed = _open(session, rows, by, more)
    [changed] = closing_work.follow(job, errand, most_parts).said_of([changed])
    return changed


def _begin(session: Session, extent: Extent, reason: str, by: Actor) -> Changed:
    """Have nobody book these days any more."""
    said = typed_text.reason(reason, LONGEST_REASON)
    if not said:
        raise Refusal(Reason.MISSING, "dites pourquoi\u00a0: les familles le lisent")
    wanted = closing_days.services(session, extent.slugs)
    marks = closing_days.to_close(session, _town(extent.days), wanted, extent)
    kept = _kept(extent, marks)
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
    closing_days.mark(session, marks, closing)
    names = _names(closing_extent.bound(session, wanted))
    changed = Changed(
        kept.days, names, kept.schools, closing_id=closing.id, public_id=closing.public_id
    )
    closing.words = changed.words[:LONGEST_WORDS]
    journal.record(session, "day_closed", by, about=changed.words)
    return changed


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


def _open(
    session: Session, rows: Sequence[ServiceDay], by: Actor, more: str
) -> tuple[int, Errand, Changed]:
    """Have these days be open, and ask for the rest."""
    if not rows:
        raise Refusal(Reason.SAME, OPEN_ALREADY)
    closing_days.open_again(rows)
    session.flush()
    days = tuple(sorted({row.day for row in rows}))
    schools = tuple(sorted({row.school for row in rows} - {""}))
    numbers = {row.service_id for row in rows}
    services = session.scalars(select(Service).where(Service.id.in_(numbers))).all()
    concerned = closing_extent.bound(session, services)
    ended = _end(session, {row.closing_id for row in rows if row.closing_id})
    changed = Changed(
        days, _names(concerned), schools, closing_id=ended[0] if len(ended) == 1 else None
    )
    journal.record(session, "day_reopened", by, about=changed.words)
    opened = Opened(About(days, changed.services, schools), changed.closing_id)
    errand = Errand(by.acted_by, more, opened=opened)
    return closing_work.ask(session, errand), errand, changed


def _end(session: Session, numbers: set[int]) -> list[int]:
    """Say of closings of which nothing is closed any more that they are over; return which."""
    ended = []
    for number in sorted(numbers):
        left = exists().where(ServiceDay.closing_id == number, ServiceDay.state == DayState.CLOSED)
        if not session.scalar(select(left)):
            closing = session.get_one(Closing, number, with_for_update=True)
            closing.undone_at = datetime.now(UTC)
            ended.append(number)
    return ended


def _hold(session: Session) -> None:
    """Keep whoever else closes or opens until the end; whoever books is not kept."""
    held = select(Service.id).order_by(Service.id).with_for_update(key_share=True)
    session.execute(held).all()


def _names(services: Sequence[Service]) -> tuple[str, ...]:
    return tuple(each.name for each in services)


def _town(days: Sequence[date]) -> Catalogue:
    return catalogue.read(min(days), max(days))


def _check(extent: Extent) -> None:
    if min(extent.days) < today():
        raise Refusal(Reason.CLOSED, PAST)


def _kept(extent: Extent, marks: Sequence[closing_days.Mark]) -> Extent:
    """Keep the days that there is something to close on."""
    return extent._replace(days=tuple(sorted({day for _, day, _ in marks})))
