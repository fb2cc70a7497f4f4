"""Families and the town at the same moment: one after the other in whatever order, and right."""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    HOLDING,
    Account,
    Booking,
    BookingEvent,
    BookingState,
    Child,
    Enrolment,
    FamilyChild,
    FamilyRequest,
    Guardian,
    Service,
)
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.refusals import Refusal
from app.services.requests import desk
from app.services.requests.kinds import PLACE
from tests.support.counted_right import check, have_places
from tests.support.last_place import ALONG, FIRST, SLUG, Contender, book, prepare
from tests.support.people import TOWN_HALL

PATIENCE_SECONDS = 60

Act = Callable[[], object]
Race = Callable[[Sequence[Contender], date], list[Act]]


def cancel_against_promote(contenders: Sequence[Contender], day: date) -> list[Act]:
    """Who has the place gives it back, while the first who waits leaves and another one comes."""
    has, first, second, comes = contenders
    for each in (has, first, second):
        book(each, day, {SLUG: 0}, [SLUG])
    return [
        lambda: book(has, day, {SLUG: 1}, []),
        lambda: book(first, day, {SLUG: 1}, []),
        lambda: book(comes, day, {SLUG: 0}, [SLUG]),
    ]


def close_against_book(contenders: Sequence[Contender], day: date) -> list[Act]:
    """The town closes while three families book."""
    extent = Extent((day,), (ALONG,))
    return [
        lambda: closing.close(extent, "Grève", TOWN_HALL),
        *(lambda each=each: book(each, day, {SLUG: 0}, [SLUG]) for each in contenders[:3]),
    ]


def raise_against_wait(contenders: Sequence[Contender], day: date) -> list[Act]:
    """The town has more places while families take rank."""
    book(contenders[0], day, {SLUG: 0}, [SLUG])
    return [
        lambda: have_places(day, ALONG, 3),
        lambda: have_places(day, SLUG, 3),
        *(lambda each=each: book(each, day, {SLUG: 0}, [SLUG]) for each in contenders[1:]),
    ]


def two_guardians_on_one_cell(contenders: Sequence[Contender], day: date) -> list[Act]:
    """Both book what nobody had, from the page that each has open; twice, as fingers do."""
    one, *_ = contenders
    other = replace(one, account_id=_second_guardian(one))
    return [partial(book, each, day, {SLUG: 0}, [SLUG]) for each in (one, other) * 2]


def two_homes_on_one_meal(contenders: Sequence[Contender], day: date) -> list[Act]:
    """A child of two families, and both book its day."""
    one, other, *_ = contenders
    there = replace(other, child=one.child)
    _have_two_homes(one, other)
    return [partial(book, each, day, {SLUG: 0}, [SLUG]) for each in (one, there) * 2]


def two_clerks_on_one_place(contenders: Sequence[Contender], day: date) -> list[Act]:
    """Both accept what a family asked for, which books it itself at that moment."""
    one, *_ = contenders
    number = _ask(one, day)

    def accept() -> None:
        with suppress(Refusal):
            desk.accept(number, "", TOWN_HALL)

    return [accept, partial(book, one, day, {SLUG: 0}, [SLUG]), accept]


RACES: dict[Race, int] = {
    # How many have the place of that day in the end.
    cancel_against_promote: 1,
    close_against_book: 0,
    raise_against_wait: 3,
    two_guardians_on_one_cell: 1,
    two_homes_on_one_meal: 1,
    two_clerks_on_one_place: 1,
}


DONE_ONCE = (two_guardians_on_one_cell, two_homes_on_one_meal, two_clerks_on_one_place)


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_at_the_same_moment(app: Flask, race: Race, rounds: int) -> None:
    """Nobody meets an error; counts are true, and one outcome is."""
    contenders = prepare(app, 4)
    for number in range(rounds):
        day = FIRST + timedelta(days=number)
        with app.app_context():
            acts = race(contenders, day)
        _all_at_once(app, acts)
        with app.app_context():
            check(day)
            assert len(_having(day, SLUG)) == RACES[race]
            if race is close_against_book:
                states = select(Booking.state).where(Booking.day == day)
                assert not {*db.session().scalars(states)} & {*HOLDING, BookingState.WAITING}
            if race in DONE_ONCE:
                # It was done once, whoever did it, and nothing else was kept of that day.
                [booking] = _having(day, SLUG)
                events = select(BookingEvent.new).where(BookingEvent.booking_id == booking)
                assert db.session().scalars(events).all() == [BookingState.BOOKED]


def _having(day: date, slug: str) -> Sequence[int]:
    having = (
        select(Booking.id)
        .join(Service, Service.id == Booking.service_id)
        .where(Service.slug == slug, Booking.day == day, Booking.state.in_(HOLDING))
        .order_by(Booking.id)
    )
    return db.session().scalars(having).all()


def _ask(one: Contender, day: date) -> int:
    """Have a family ask the town hall for a place."""
    with db.transaction() as session:
        child = select(Child.id).where(Child.public_id == one.child)
        request = FamilyRequest(
            family_id=one.family_id, account_id=one.account_id, kind=PLACE,
            child_id=session.scalars(child).one(), details={"boxes": [f"{one.child}.{SLUG}.{day}"]},
            sent_at=datetime.now(UTC), expected_on=day, sending_key=secrets.token_hex(16),
        )  # fmt: skip
        session.add(request)
        session.flush()
        return request.id


def _second_guardian(one: Contender) -> int:
    """Find the other account of a family, or have there be one."""
    with db.transaction() as session:
        second = select(Account).join(Guardian).where(Guardian.family_id == one.family_id)
        found = session.scalars(second.where(Guardian.rank == 2)).one_or_none()
        if found is None:
            guardian = Guardian(family_id=one.family_id, rank=2, last_name="RACE", first_name="Max")
            found = Account(guardian=guardian, identifier="99009999")
            session.add_all([guardian, found])
            session.flush()
        return found.id


def _have_two_homes(one: Contender, other: Contender) -> None:
    with db.transaction() as session:
        child = session.scalars(select(Child).where(Child.public_id == one.child)).one()
        if session.get(FamilyChild, (other.family_id, child.id)) is None:
            session.add(FamilyChild(family_id=other.family_id, child_id=child.id))
            session.add_all(
                Enrolment(
                    child_id=child.id, service_id=service, family_id=other.family_id,
                    first=date(2026, 9, 1),
                )
                for service in session.scalars(select(Service.id).where(
                    Service.slug.in_((SLUG, ALONG))
                ))
            )  # fmt: skip


def _all_at_once(app: Flask, acts: Sequence[Act]) -> None:
    barrier = Barrier(len(acts))

    def run(act: Act) -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result(PATIENCE_SECONDS)
