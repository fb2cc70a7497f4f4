"""Whatever families and the town do to groups, one after the other or at once: counted right."""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import NamedTuple

import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app import db
from app.models import Booking, BookingState, Child, Service
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.groups import group_work, service_groups
from app.services.bookings.groups.service_groups import Told
from app.services.refusals import Refusal
from tests.support.groups import check, part, roomy, service_id
from tests.support.last_place import ALONG, FIRST, SCHOOLS, SLUG, Contender, book, prepare
from tests.support.people import TOWN_HALL

FAMILIES = 4
EXAMPLES = 40
PATIENCE_SECONDS = 60
numbers = itertools.count()
Act = Callable[[], object]


class Tick(NamedTuple):
    """A family has both boxes ticked, or none."""

    family: int
    both: bool


class Move(NamedTuple):
    """A child goes to one of the schools, or to none."""

    family: int
    school: str


class Places(NamedTuple):
    """The town gives a group so many places."""

    group: int
    number: int


class Strike(NamedTuple):
    """The town closes the day, or opens it."""

    ends: bool


Acts = Tick | Move | Places | Strike
ACTS = st.one_of(
    st.builds(Tick, st.integers(0, FAMILIES - 1), st.booleans()),
    st.builds(Move, st.integers(0, FAMILIES - 1), st.sampled_from([*SCHOOLS, ""])),
    st.builds(Places, st.integers(0, 1), st.integers(1, 3)),
    st.builds(Strike, st.booleans()),
)


def test_any_sequence_counts_each_group_right(app: Flask) -> None:
    """Each sequence has a day of its own."""
    contenders = prepare(app, FAMILIES)
    groups = part(app, 1, 1)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(ACTS, max_size=10))
    def any_sequence(acts: Sequence[Acts]) -> None:
        day = FIRST + timedelta(days=next(numbers))
        with (
            app.app_context(),
            time_machine.travel(datetime(2027, 1, 1, 9, tzinfo=UTC), tick=False),
        ):
            for act in acts:
                _do(contenders, groups, day, act)
                check(day)

    any_sequence()


def _do(contenders: Sequence[Contender], groups: Sequence[int], day: date, act: Acts) -> None:
    if isinstance(act, Tick):
        _tick(contenders[act.family], day, act.both)
    elif isinstance(act, Move):
        with db.transaction() as session:
            child = update(Child).where(Child.public_id == contenders[act.family].child)
            session.execute(child.values(school=act.school))
        group_work.follow_all()
    elif isinstance(act, Places):
        told = Told(SCHOOLS[act.group], act.number, (SCHOOLS[act.group],))
        service_groups.change(service_id(), groups[act.group], told, TOWN_HALL)
    else:
        with suppress(Refusal):
            extent = Extent((day,), (SLUG,))
            if act.ends:
                closing.reopen(extent, TOWN_HALL)
            else:
                closing.close(extent, "Grève", TOWN_HALL)


def _tick(contender: Contender, day: date, both: bool) -> None:
    versions = db.session().execute(
        select(Service.slug, Booking.version)
        .join(Service, Service.id == Booking.service_id)
        .join(Child, Child.id == Booking.child_id)
        .where(Child.public_id == contender.child, Booking.day == day)
    )
    seen = {SLUG: 0, ALONG: 0} | dict(versions.all())
    book(contender, day, seen, [SLUG, ALONG] if both else [])


def test_at_the_same_moment(app: Flask) -> None:
    """Four families book while the town parts the service anew, and a child changes of school."""
    contenders = prepare(app, FAMILIES)
    roomy(app)
    [first, _] = part(app, 2, 2)
    for number in range(4):
        day = FIRST + timedelta(days=number)
        with app.app_context():
            book(contenders[0], day, {SLUG: 0}, [SLUG])
        _all_at_once(
            app,
            [
                partial(_go_to, contenders[0], SCHOOLS[number % 2]),
                lambda: service_groups.change(
                    service_id(), first, Told(SCHOOLS[0], 1, (SCHOOLS[0],)), TOWN_HALL
                ),
                partial(_add_nobody_s, f"Nul {day}"),
                *(partial(book, each, day, {SLUG: 0}, [SLUG]) for each in contenders[1:]),
            ],
        )
        with app.app_context():
            check(day)
            waits = select(func.count(Booking.id)).where(
                Booking.day == day, Booking.state == BookingState.WAITING
            )
            before = db.session().scalars(waits).one()
            group_work.share_out_all()
            assert db.session().scalars(waits).one() == before


def _add_nobody_s(name: str) -> None:
    service_groups.add(service_id(), Told(name, 1, (name,)), TOWN_HALL)


def _go_to(contender: Contender, school: str) -> None:
    with db.transaction() as session:
        session.execute(
            update(Child).where(Child.public_id == contender.child).values(school=school)
        )
    group_work.follow_all()


def _all_at_once(app: Flask, acts: Sequence[Act]) -> None:
    barrier = Barrier(len(acts))

    def run(act: Act) -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result(PATIENCE_SECONDS)
