"""What a family booked, and until when it may book, as a calendar reads it."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Date, Row, bindparam, func, select

from app import db, formats
from app.calendar import ONE_DAY
from app.formats import town_zone
from app.models import (
    FAMILY,
    MAY_SIGN_IN,
    Account,
    Booking,
    BookingEvent,
    BookingState,
    Child,
    Family,
    Feed,
    Guardian,
    Service,
)
from app.services.accounts import throttles
from app.services.bookings import reading
from app.services.bookings.feed import bodies
from app.services.bookings.feed.ical import Event, write
from app.services.bookings.judge.worlds import COMING
from app.services.bookings.reminders import expecting
from app.services.tokens import feed_keys

BEHIND, AHEAD = timedelta(days=30), timedelta(days=120)
# What was given back is told so long, to programs that show it still.
CANCELLED_FOR = timedelta(days=30)
ALARM = timedelta(hours=6)
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 60
NAME = "Cantine et garderie"

_FEED = (
    select(
        Feed.id,
        Feed.first_names,
        Guardian.family_id,
        select(func.max(BookingEvent.id))
        .where(BookingEvent.family_id == Guardian.family_id)
        .scalar_subquery()
        .label("last_event"),
    )
    .join(Account, Account.id == Feed.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(Feed.token_hash == bindparam("token_hash"), Feed.ended_at.is_(None), MAY_SIGN_IN)
)
_BOOKED: Any = (
    select(
        Booking.id,
        Booking.public_id,
        Booking.child_id,
        Booking.day,
        Booking.state,
        Booking.version,
        Child.first_name,
        Service.name,
        Service.starts_at,
        Service.ends_at,
        select(func.max(BookingEvent.at))
        .where(BookingEvent.booking_id == Booking.id)
        .scalar_subquery()
        .label("changed_at"),
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(
        Booking.family_id == FAMILY,
        Booking.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
    )
    .order_by(Booking.day, Booking.child_id, Service.position, Service.id)
)


@dataclass(frozen=True, slots=True)
class Found:
    """The feed of an address; its mark changes with what it says."""

    number: int
    first_names: bool
    family_id: int
    mark: str


def find(token: str, now: datetime) -> Found | None:
    """Find the feed of an address; None for none, for one that ended, or of a closed account.

    What is booked changes its mark at once; what the town changes of its services does by the day.
    """
    for row in db.rows(_FEED, token_hash=feed_keys.hash_of(token)):
        said = f"{row.id} {row.first_names} {row.last_event} {formats.day_of(now)}"
        mark = hashlib.sha256(said.encode()).hexdigest()[:32]
        return Found(row.id, row.first_names, row.family_id, mark)
    return None


def is_asked_too_often(found: Found) -> bool:
    """Count that somebody asks for all of it; nobody waits for the disk."""
    db.let_go()
    with db.transaction(durable=False) as session:
        key = f"feed:{found.number}"
        return not throttles.count_in_window(session, key, MOST_AN_HOUR, AN_HOUR)


def calendar(found: Found, now: datetime) -> bytes:
    """Write it, unless it was written since the family last changed something, today."""
    return bodies.kept_or_written(found.mark, lambda: _written(found, now))


def _written(found: Found, now: datetime) -> bytes:
    """Write what is booked, then until when to book."""
    today = formats.day_of(now)
    within = {"first": today - BEHIND, "last": today + AHEAD}
    booked = db.rows(_BOOKED, family_id=found.family_id, **within)
    events = [*_days(booked, found, now), *_limits(found, today, now)]
    return write(NAME, events, now)


def _days(booked: Sequence[Row[Any]], found: Found, now: datetime) -> Iterator[Event]:
    short = initials({row.first_name for row in booked})
    for (day, _), rows in groupby(booked, key=lambda row: (row.day, row.child_id)):
        some = list(rows)
        live = [row for row in some if row.state in COMING]
        told = live or [row for row in some if row.state is BookingState.WAITING] or some
        status = "CONFIRMED" if live else "TENTATIVE"
        if told is some:
            status = "CANCELLED"
            if max(row.changed_at for row in some) < now - CANCELLED_FOR:
                continue
        child = some[0].first_name if found.first_names else short[some[0].first_name]
        services = ", ".join(row.name for row in told)
        waits = " (liste d’attente)" if status == "TENTATIVE" else ""
        begins, ends = _hours(day, told)
        yield Event(
            uid=min(some, key=lambda row: row.id).public_id,
            summary=f"{child}{formats.NBSP}: {services}{waits}",
            begins=begins,
            ends=ends,
            status=status,
            sequence=sum(row.version for row in some),
        )


def initials(names: Collection[str]) -> dict[str, str]:
    """Shorten each of these names as far as it stays apart from the others: P., or Maë. and Mah."""

    def is_alone(beginning: str, name: str) -> bool:
        return not any(each.startswith(beginning) for each in names if each != name)

    found = {}
    for name in names:
        beginnings = (name[:length] for length in range(1, len(name) + 1))
        found[name] = next((f"{each}." for each in beginnings if is_alone(each, name)), name)
    return found


def _hours(day: date, rows: Sequence[Row[Any]]) -> tuple[date | datetime, datetime | None]:
    """Return from when to when, or the whole day where the town does not say of each service."""
    starts = [row.starts_at for row in rows]
    ends = [row.ends_at for row in rows]
    if None in starts or None in ends:
        return day, None
    return _at(day, min(starts)), _at(day, max(ends))


def _at(day: date, minutes: int) -> datetime:
    days, rest = divmod(minutes, 24 * 60)
    return datetime.combine(day + days * ONE_DAY, time(*divmod(rest, 60)), town_zone())


def _limits(found: Found, today: date, now: datetime) -> Iterator[Event]:
    """Tell the first limit of each week, of the services that a child may come to."""
    known = reading.known(found.family_id, today, today + AHEAD)
    enrolled = {service for _, service in known.world.enrolments if service in known.town.services}
    limits: dict[tuple[date, int], datetime] = {}
    for service in sorted(enrolled):
        for day in reading.days_between(today, today + AHEAD):
            until = expecting.until_of(known.town, service, day)
            if until is not None and until > now:
                week = day - day.weekday() * ONE_DAY, service
                limits[week] = min(until, limits.get(week, until))
    services: dict[tuple[datetime, date], list[str]] = {}
    for (monday, service), until in limits.items():
        services.setdefault((until, monday), []).append(known.town.services[service].name)
    for (until, monday), names in sorted(services.items()):
        yield Event(
            uid=f"limite-{until:%Y%m%d%H%M}-{monday:%Y%m%d}-{found.number}",
            summary=f"À réserver avant{formats.NBSP}: {', '.join(names)}, semaine du "
            f"{formats.bare_day(monday)}",
            begins=until - timedelta(minutes=1),
            alarm=ALARM,
        )
