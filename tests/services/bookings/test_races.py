"""Families and the town at the same moment: one after the other in whatever order, and right."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import HOLDING, Booking, BookingState
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from tests.support.counted_right import check, have_places
from tests.support.last_place import ALONG, FIRST, SLUG, Contender, book, prepare
from tests.support.people import TOWN_HALL

ROUNDS = 4
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


@pytest.mark.parametrize(
    "race", [cancel_against_promote, close_against_book, raise_against_wait],
    ids=lambda race: race.__name__,
)  # fmt: skip
def test_at_the_same_moment(app: Flask, race: Race) -> None:
    contenders = prepare(app, 4)
    for number in range(ROUNDS):
        day = FIRST + timedelta(days=number)
        with app.app_context():
            acts = race(contenders, day)
        _all_at_once(app, acts)
        with app.app_context():
            check(day)
            if race is close_against_book:
                states = select(Booking.state).where(Booking.day == day)
                assert not {*db.session().scalars(states)} & {*HOLDING, BookingState.WAITING}


def _all_at_once(app: Flask, acts: Sequence[Act]) -> None:
    barrier = Barrier(len(acts))

    def run(act: Act) -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result(PATIENCE_SECONDS)
