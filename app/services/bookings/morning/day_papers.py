"""The papers of a morning, and what changed since the last one was made.

Whoever makes one is noted in the journal, as a paper names children: when is read there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Row, bindparam, func, or_, select

from app import db
from app.db import UtcDateTime
from app.formats import day_of, hour, near_moment, today, town_zone
from app.models import Booking, BookingEvent, BookingState, Child, JournalEntry, Service
from app.services import journal
from app.services.actors import CurrentClerk
from app.services.bookings import words
from app.services.bookings.morning.noted import TOLD

MADE = "day_list_made"
SEEN = "health_seen"
# Nobody makes the list of a day sooner.
AHEAD = timedelta(days=14)
_OF_LIST = (
    JournalEntry.at >= bindparam("ahead", type_=UtcDateTime),
    JournalEntry.details["day"].as_string() == bindparam("on"),
    JournalEntry.details["service"].as_string() == bindparam("slug"),
)
# What the journal knows of a list, and what happened since its last paper: see `beside`.
NOTED = select(
    JournalEntry.id.label("number"),
    JournalEntry.at,
    JournalEntry.event,
    JournalEntry.acted_by,
    JournalEntry.clerk_id,
).where(JournalEntry.event.in_((MADE, SEEN)), *_OF_LIST)
_LAST_MADE = (
    select(func.max(JournalEntry.at)).where(JournalEntry.event == MADE, *_OF_LIST).scalar_subquery()
)
SINCE = (
    select(
        BookingEvent.id.label("number"),
        BookingEvent.booking_id,
        BookingEvent.old,
        BookingEvent.at,
        Booking.state,
        Service.slug,
        Service.name.label("service"),
        Service.position,
        Service.id.label("service_id"),
        Child.id.label("child_id"),
        Child.last_name,
        Child.first_name,
        Child.class_name,
    )
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .where(
        # Before there is a paper, no event is looked at.
        _LAST_MADE.is_not(None),
        Booking.day == bindparam("day", type_=Date),
        or_(bindparam("slug") == "", Service.slug == bindparam("slug")),
        BookingEvent.at > _LAST_MADE,
    )
)


@dataclass(frozen=True, slots=True)
class Paper:
    """The last one that was made."""

    at: datetime
    by: str

    @property
    def made(self) -> str:
        """Say when: à 8 h 02, ce matin; hier à 17 h 10."""
        return f"à {hour(self.at)}" if self._is_of_today else near_moment(self.at)

    @property
    def since(self) -> str:
        """Say since when something may have changed."""
        return hour(self.at) if self._is_of_today else near_moment(self.at)

    @property
    def _is_of_today(self) -> bool:
        return day_of(self.at) == today()


class Noted(NamedTuple):
    """What the journal knows of the list of a day."""

    paper: Paper | None
    # Whether this clerk read today what health asks.
    is_health_seen: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A child of whom the paper is not right any more, at some services."""

    child: str
    class_name: str
    what: str
    services: list[str]
    at: datetime


def note(clerk: CurrentClerk, day: date, slug: str, *, with_health: bool) -> None:
    """Write down that they made one, of a service or of all, and what stands on it."""
    what = {"day": day.isoformat(), "service": slug}
    with db.transaction() as session:
        journal.record(session, MADE, clerk, None, **what)
        if with_health:
            journal.record(session, SEEN, clerk, None, **what)


def note_health(clerk: CurrentClerk, day: date, slug: str) -> None:
    """Write down that they read what the health of some children asks."""
    with db.transaction() as session:
        journal.record(session, SEEN, clerk, None, day=day.isoformat(), service=slug)


def asked(day: date, slug: str) -> dict[str, Any]:
    """Return what both of these statements ask for."""
    ahead = datetime.combine(day - AHEAD, time.min, town_zone())
    return {"day": day, "on": day.isoformat(), "slug": slug, "ahead": ahead}


def noted(rows: Iterable[Row[Any]], clerk: CurrentClerk) -> Noted:
    """Find the last paper of a day, and whether they read today what health asks."""
    latest = sorted(rows, key=lambda each: (each.at, each.number), reverse=True)
    papers = (Paper(row.at, row.acted_by) for row in latest if row.event == MADE)
    seen = (
        day_of(row.at) for row in latest if row.event == SEEN and row.clerk_id == clerk.clerk_id
    )
    return Noted(next(papers, None), today() in seen)


def changes(rows: Iterable[Row[Any]], slug: str) -> list[Change]:
    """Tell what a paper would say otherwise now, of what happened since, the latest last."""
    first: dict[int, Any] = {}
    last: dict[int, datetime] = {}
    for row in sorted(rows, key=lambda each: each.number):
        if slug in {"", row.slug}:
            first.setdefault(row.booking_id, row)
            last[row.booking_id] = row.at
    found: dict[tuple[int, str], Change] = {}
    for row in sorted(first.values(), key=lambda each: (each.position, each.service_id)):
        if what := _changed(row.old, row.state):
            name = f"{row.last_name} {row.first_name}"
            new = Change(name, row.class_name, what, [], last[row.booking_id])
            found.setdefault((row.child_id, what), new).services.append(row.service)
    return sorted(found.values(), key=lambda each: (each.at, each.child))


def _changed(before: BookingState | None, now: BookingState) -> str:
    """Say what is to be written on the paper; nothing when it is right as it is."""
    was, is_ = before in TOLD, now in TOLD
    if was and not is_:
        return f"Retiré\u00a0: {words.STATES[now].lower()}"
    if is_ and not was:
        return "Ajouté" if now is BookingState.BOOKED else words.STATES[now]
    return words.STATES[now] if is_ and before is not now else ""
