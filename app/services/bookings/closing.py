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
    BookingState,
    DayState,
    Place,
    Service,
    ServiceDay,
)
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import catalogue, closing_extent, places, waiting
from app.services.bookings.places import At
from app.services.refusals import Reason, Refusal

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
    return _changed(
        day, closing_extent.bound(session, services), closing_extent.going(session, day, services)
    )


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
            # Open whatever the calendar says: it may have been so before.
            mark.state, mark.reason = DayState.OPEN, ""
        session.flush()
        coming = closing_extent.coming_back(session, day)
        _move(session, day, coming, f"Rouvert{NBSP}: réservé comme avant.")
        _promote(session, day, coming)
        changed = _changed(day, closing_extent.bound(session, services), coming)
        _note(session, "day_reopened", changed, by)
    return changed


def _close(day: date, slugs: Collection[str], said: str, by: Actor | None) -> Changed:
    with db.transaction() as session:
        services = _services(session, slugs)
        _hold(session, day)
        for service in services:
            _mark(session, service, day, said)
        session.flush()
        going = closing_extent.going(session, day, services)
        _move(session, day, dict.fromkeys(going, BookingState.CLOSED), f"Fermé{NBSP}: {said}.")
        _promote(session, day, going)
        changed = _changed(day, closing_extent.bound(session, services), going)
        if by is not None:
            _note(session, "day_closed", changed, by)
    return changed


def _hold(session: Session, day: date) -> None:
    """Keep everybody else from that day until the end, as whoever books does."""
    children = session.scalars(select(Booking.child_id).where(Booking.day == day).distinct())
    town = catalogue.read(day, day)
    places.lock(session, town, children, [At(number, day) for number in town.services])


def _promote(session: Session, day: date, moved: Iterable[Booking]) -> None:
    """Give to those who wait what came free, or what there is of a service that is open again."""
    session.flush()
    ats = {At(each.service_id, day) for each in moved}
    waiting.promote(session, catalogue.read(day, day), ats)


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
    held = session.scalars(
        select(Place)
        .where(Place.day == day, Place.group_id == places.EVERYBODY, Place.service_id.in_(change))
        .order_by(Place.service_id)
        .execution_options(populate_existing=True)
    )
    for place in held:
        taken = place.taken + change[place.service_id]
        # Nobody who comes back is turned out, though there are fewer places by now.
        place.capacity = max(place.capacity, taken)
        place.taken = taken


def _changed(day: date, services: Iterable[Service], bookings: Collection[Booking]) -> Changed:
    return Changed(
        day=day,
        services=[each.name for each in services],
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
