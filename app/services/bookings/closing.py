"""The town closes services on a day: what was booked goes, is told, and comes back if it reopens.

Nothing is deleted: a day that was closed keeps who had booked it. What came with a meal alone goes
with it, as when a family cancels.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, day_in_full, today
from app.models import (
    HOLDING,
    Booking,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    Child,
    DayState,
    Place,
    Service,
    ServiceDay,
    ServiceLink,
)
from app.services import journal
from app.services.actors import Actor
from app.services.bookings.links import Link, Links
from app.services.refusals import Reason, Refusal

# Whoever has a place, or waits for one.
LIVE = frozenset({*HOLDING, BookingState.WAITING})
PAST = "ce jour est passé\u00a0: ce qui y fut réservé reste"
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """What a closing takes away, or a reopening gives back."""

    day: date
    services: list[str]
    bookings: int
    children: int
    families: frozenset[int]


def preview(day: date, slugs: Collection[str]) -> Changed:
    """Tell what closing these services would take away. Raises Refusal."""
    _check_day(day)
    session = db.session()
    services = _services(session, slugs)
    return _changed(day, services, _going(session, day, services))


def close(day: date, slugs: Collection[str], reason: str, by: Actor) -> Changed:
    """Close services on a day; what was booked of them is there no more. Raises Refusal."""
    _check_day(day)
    said = " ".join(reason.split())[:LONGEST_REASON]
    if not said:
        raise Refusal(Reason.MISSING, "dites pourquoi\u00a0: les familles le lisent")
    first = _close(day, slugs, said, by)
    # Who was booking while it closed had read that it was open.
    late = _close(day, slugs, said, None)
    return Changed(
        day,
        first.services,
        first.bookings + late.bookings,
        first.children + late.children,
        first.families | late.families,
    )


def reopen(day: date, slugs: Collection[str], by: Actor) -> Changed:
    """Open them again; what the closing took away is booked as before. Raises Refusal."""
    _check_day(day)
    with db.transaction() as session:
        services = _services(session, slugs)
        _hold(session, day)
        marks = [_day_of(session, service, day) for service in services]
        for service, mark in zip(services, marks, strict=True):
            if mark is None or mark.state is not DayState.CLOSED:
                raise Refusal(
                    Reason.SAME, f"«\u00a0{service.name}\u00a0» n’est pas fermé ce jour-là"
                )
            session.delete(mark)
        session.flush()
        coming = _coming_back(session, day, services)
        _move(session, day, coming, f"Rouvert{NBSP}: réservé comme avant.")
        changed = _changed(day, services, coming)
        _note(session, "day_reopened", changed, by)
    return changed


def _close(day: date, slugs: Collection[str], said: str, by: Actor | None) -> Changed:
    with db.transaction() as session:
        services = _services(session, slugs)
        _hold(session, day)
        for service in services:
            _mark(session, service, day, said)
        session.flush()
        going = _going(session, day, services)
        _move(session, day, dict.fromkeys(going, BookingState.CLOSED), f"Fermé{NBSP}: {said}.")
        changed = _changed(day, services, going)
        if by is not None:
            _note(session, "day_closed", changed, by)
    return changed


def _hold(session: Session, day: date) -> None:
    """Keep everybody else from that day until the end: children first, then places, in order."""
    theirs = select(Booking.child_id).where(Booking.day == day)
    session.execute(
        select(Child.id).where(Child.id.in_(theirs)).order_by(Child.id)
        .with_for_update(key_share=True)
    )  # fmt: skip
    session.execute(
        select(Place.service_id)
        .where(Place.day == day)
        .order_by(Place.service_id, Place.group_id)
        .with_for_update()
    )


def _check_day(day: date) -> None:
    if day < today():
        raise Refusal(Reason.CLOSED, PAST)


def _services(session: Session, slugs: Collection[str], *, hold: bool = False) -> list[Service]:
    """Find them, in the order in which everybody locks them. Raises Refusal."""
    offered = select(Service).where(Service.archived_at.is_(None)).order_by(Service.id)
    # Whoever books one of them meanwhile refers to its row, and so waits.
    found = session.scalars(offered.with_for_update() if hold else offered).all()
    wanted = [each for each in found if not slugs or each.slug in slugs]
    strays = sorted(set(slugs) - {each.slug for each in wanted})
    if strays or not wanted:
        named = ", ".join(f"«\u00a0{each}\u00a0»" for each in strays)
        there = ", ".join(each.slug for each in found) or "aucun encore"
        words = f"aucun service ne s’appelle {named}\u00a0; il y a\u00a0: {there}"
        raise Refusal(Reason.UNKNOWN, words if strays else "aucun service n’est proposé")
    return wanted


def _day_of(session: Session, service: Service, day: date) -> ServiceDay | None:
    return session.scalars(
        select(ServiceDay).where(ServiceDay.service_id == service.id, ServiceDay.day == day)
    ).one_or_none()


def _mark(session: Session, service: Service, day: date, reason: str) -> None:
    mark = _day_of(session, service, day)
    if mark is None:
        mark = ServiceDay(service_id=service.id, day=day)
        session.add(mark)
    mark.state, mark.reason = DayState.CLOSED, reason


def _going(session: Session, day: date, services: Iterable[Service]) -> list[Booking]:
    """List what is booked of them, and what came with that alone."""
    links = _links(session)
    closed = {each.id for each in services}
    live = session.scalars(
        select(Booking)
        .where(Booking.day == day, Booking.state.in_(LIVE))
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    there = {(each.child_id, each.service_id) for each in live}
    gone = {(each.child_id, each.service_id) for each in live if each.service_id in closed}
    while more := {
        (each.child_id, each.service_id)
        for each in live
        if each.origin is BookingOrigin.LINKED
        and (each.child_id, each.service_id) not in gone
        and _lost_all(each, links, there, gone)
    }:
        gone |= more
    return [each for each in live if (each.child_id, each.service_id) in gone]


def _lost_all(
    booking: Booking, links: Links, there: set[tuple[int, int]], gone: set[tuple[int, int]]
) -> bool:
    bringing = {(booking.child_id, each) for each in links.bringing(booking.service_id)} & there
    return bool(bringing) and bringing <= gone


def _coming_back(
    session: Session, day: date, services: Iterable[Service]
) -> dict[Booking, BookingState]:
    """Find what a closing took away of them, and what went along; how it stood before."""
    links = _links(session)
    numbers = {each.id for each in services}
    numbers |= {brought for each in numbers for brought in links.brought_by(each)}
    still_closed = select(ServiceDay.service_id).where(
        ServiceDay.day == day, ServiceDay.state == DayState.CLOSED
    )
    closed = session.scalars(
        select(Booking)
        .where(
            Booking.day == day,
            Booking.state == BookingState.CLOSED,
            Booking.service_id.in_(numbers),
            Booking.service_id.not_in(still_closed),
        )
        .order_by(Booking.id)
    ).all()
    events = session.scalars(
        select(BookingEvent)
        .where(
            BookingEvent.booking_id.in_([each.id for each in closed]),
            BookingEvent.kind == BookingEventKind.CLOSED,
        )
        .order_by(BookingEvent.id)
    )
    # The last closing of each.
    before = {each.booking_id: each.old for each in events}
    return {each: old for each in closed if (old := before.get(each.id)) is not None}


def _move(
    session: Session, day: date, moving: Mapping[Booking, BookingState], sentence: str
) -> None:
    """Have bookings stand otherwise, with their line of history, and count their places."""
    now = datetime.now(UTC)
    change: Counter[int] = Counter()
    for booking, state in moving.items():
        old = booking.state
        change[booking.service_id] += (state in HOLDING) - (old in HOLDING)
        booking.state = state
        booking.version += 1
        session.add(
            BookingEvent(
                booking_id=booking.id,
                family_id=booking.family_id,
                at=now,
                kind=(
                    BookingEventKind.CLOSED
                    if state is BookingState.CLOSED
                    else BookingEventKind.REOPENED
                ),
                old=old,
                new=state,
                sentence=sentence,
            )
        )
    places = session.scalars(
        select(Place)
        .where(Place.day == day, Place.group_id == 0, Place.service_id.in_(change))
        .order_by(Place.service_id)
        .execution_options(populate_existing=True)
    )
    for place in places:
        taken = place.taken + change[place.service_id]
        # Nobody who comes back is turned out, though there are fewer places by now.
        place.capacity = max(place.capacity, taken)
        place.taken = taken


def _links(session: Session) -> Links:
    rows = session.execute(
        select(ServiceLink.service_id, ServiceLink.other_id, ServiceLink.kind).order_by(
            ServiceLink.service_id, ServiceLink.other_id
        )
    )
    return Links(tuple(Link(*row) for row in rows))


def _changed(day: date, services: Iterable[Service], bookings: Collection[Booking]) -> Changed:
    return Changed(
        day=day,
        services=[each.name for each in sorted(services, key=lambda each: each.position)],
        bookings=len(bookings),
        children=len({each.child_id for each in bookings}),
        families=frozenset(each.family_id for each in bookings),
    )


def _note(session: Session, event: str, changed: Changed, by: Actor) -> None:
    journal.record(
        session, event, by,
        about=f"{', '.join(changed.services)}, {day_in_full(changed.day)}",
        rows_changed=str(changed.bookings),
    )  # fmt: skip
