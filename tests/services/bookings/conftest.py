"""A town that opened its canteen and its midday garderie, and families who book."""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import HOLDING, Booking, Place, Service
from app.services.actors import CurrentAccount
from app.services.bookings import drawing, reading, saving, weeks
from app.services.bookings.saving import Saved
from app.services.bookings.wishes import Boxes
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person
from tests.support.services import booked_by

# A Monday; the limit of its canteen is on Thursday 26 November.
MONDAY = date(2026, 11, 30)
LIMIT = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
MIDDAY = "30 garderie-de-midi"
WEDNESDAY_BEFORE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the time the day before the limit."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def town(app: Flask, people: People, clock: time_machine.Traveller) -> Iterator[People]:
    """The cast; the eldest child of each may come to the canteen and to the midday garderie."""
    assert clock is not None
    with app.app_context():
        for person in (people.zest, people.moreau, people.ines, people.claire, people.marc):
            enrol(person)
        yield people


def enrol(person: Person) -> None:
    """Let the eldest child of a family come to both, this school year."""
    with db.transaction() as session:
        bookings, child = booked_by(session, person)
        bookings.enrol(child, date(2026, 9, 1), date(2027, 7, 3))


def states(person: Person, monday: date = MONDAY) -> dict[str, str]:
    """Read what a family has in a week: « 30 cantine: booked parent »."""
    account = signed_in(person)
    known = reading.known(account.family_id, *weeks.both_ends(monday))
    return {
        f"{cell.day.day} {known.town.services[cell.service].slug}": (
            f"{each.state} {each.origin}" + (f" {each.rank}" if each.rank else "")
        )
        for cell, each in known.booked.items()
        if each.family_id == account.family_id
    }


def tick(
    who: Person | CurrentAccount,
    *wanted: str,
    monday: date = MONDAY,
    key: str = "",
    asked_at: datetime | None = None,
) -> Saved:
    """Have exactly these boxes of a week ticked, such as « 30 cantine », and save."""
    account = signed_in(who) if isinstance(who, Person) else who
    boxes = seen(account, monday, *wanted)
    return saving.save(
        account,
        weeks.both_ends(monday),
        boxes,
        key or secrets.token_hex(16),
        asked_at or datetime.now(UTC),
    )


def seen(account: CurrentAccount, monday: date, *wanted: str) -> Boxes:
    """Read the boxes of a page, as its form sends them with these ticked."""
    drawn = drawing.week(account.family_id, monday)
    names = {
        f"{day.day.day} {line.name.split('.')[1]}": line
        for day in drawn.days
        for each in day.children
        for line in each.lines
        if line.name
    }
    missing = set(wanted) - names.keys()
    assert not missing, f"{missing} not among {sorted(names)}"
    return Boxes(
        {line.name: line.version for line in names.values()},
        frozenset(names[each].name for each in wanted),
    )


def capacity(places: int, **changes: str) -> None:
    """Have the canteen hold so many, and be otherwise as it is said."""
    with db.transaction() as session:
        session.execute(
            update(Service).where(Service.slug == "cantine").values(capacity=places, **changes)
        )


def places() -> dict[str, int]:
    """Read what is taken, and check that it is what is booked."""
    session = db.session()
    counted = (
        select(func.count(Booking.id))
        .where(
            Booking.service_id == Place.service_id,
            Booking.day == Place.day,
            Booking.state.in_(HOLDING),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Service.slug, Place.day, Place.taken, counted)
        .join(Service, Service.id == Place.service_id)
        .order_by(Place.day)
    ).all()
    assert all(taken == count for _, _, taken, count in rows)
    return {f"{day.day} {slug}": taken for slug, day, taken, _ in rows}
