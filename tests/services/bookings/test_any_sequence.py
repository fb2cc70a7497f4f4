"""Whatever families and the town do one after the other, places are counted right."""

import itertools
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingState,
    Child,
    Service,
    Waiting,
)
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.waiting_list import answering_waiters, lapsing
from app.services.refusals import Refusal
from tests.support.counted_right import check, check_shared, have_places, last_event
from tests.support.last_place import ALONG, FIRST, SCHOOLS, SLUG, Contender, book, prepare
from tests.support.people import TOWN_HALL

FAMILIES = 4
# Each act is a transaction of its own.
EXAMPLES = 40
numbers = itertools.count()


class Tick(NamedTuple):
    """A family has these of two boxes ticked, and no other."""

    family: int
    both: tuple[bool, bool]


class Places(NamedTuple):
    """The town has so many places of one of both services on that day."""

    service: str
    number: int


class Strike(NamedTuple):
    """The town closes one of both on that day, or both, for a school or all; or opens them."""

    services: tuple[str, ...]
    schools: tuple[str, ...]
    ends: bool


class Silence(NamedTuple):
    """Nobody answers about the places that are kept on that day, until it is too late."""


class Custom(NamedTuple):
    """The town gives places of one of both services by itself, or asks first."""

    service: str
    how: Waiting


class Give(NamedTuple):
    """The town gives a place to one of those who wait, where there is one or not."""

    number: int


Act = Tick | Places | Strike | Silence | Custom | Give
FOR = ((), (SCHOOLS[0],), SCHOOLS)
CLOSINGS = ((SLUG,), (ALONG,), (SLUG, ALONG))
ACTS = st.one_of(
    st.builds(Tick, st.integers(0, FAMILIES - 1), st.tuples(st.booleans(), st.booleans())),
    st.builds(Places, st.sampled_from([SLUG, ALONG]), st.integers(0, FAMILIES)),
    st.builds(Silence),
    st.builds(Give, st.integers(0, FAMILIES - 1)),
    st.builds(
        Custom,
        st.sampled_from([SLUG, ALONG]),
        st.sampled_from([Waiting.AUTOMATIC, Waiting.OFFER]),
    ),
    st.builds(Strike, st.sampled_from(CLOSINGS), st.sampled_from(FOR), st.booleans()),
)
# Everybody wants to come, and two have a place.
FULL = (Places(SLUG, 2), *(Tick(family, (True, False)) for family in range(FAMILIES)))


def test_any_sequence_counts_right(app: Flask) -> None:
    """Each sequence has a day of its own."""
    contenders = prepare(app, FAMILIES)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.sampled_from([(), FULL]), st.lists(ACTS, max_size=14))
    def any_sequence(begun: Sequence[Act], done: Sequence[Act]) -> None:
        day = FIRST + timedelta(days=next(numbers))
        with app.app_context():
            for act in (*begun, *done):
                last = last_event()
                _do(contenders, day, act)
                check(day)
                check_shared(last)

    any_sequence()


def _do(contenders: Sequence[Contender], day: date, act: Act) -> None:
    if isinstance(act, Tick):
        _tick(contenders[act.family], day, act.both)
    elif isinstance(act, Strike):
        _strike(day, act)
    elif isinstance(act, Silence):
        _let_lapse(day)
    elif isinstance(act, Give):
        _give(day, act.number)
    elif isinstance(act, Custom):
        with db.transaction() as session:
            service = update(Service).where(Service.slug == act.service)
            session.execute(service.values(waiting=act.how))
    else:
        have_places(day, act.service, act.number)


def _tick(contender: Contender, day: date, both: tuple[bool, bool]) -> None:
    session = db.session()
    versions = session.execute(
        select(Service.slug, Booking.version)
        .join(Service, Service.id == Booking.service_id)
        .join(Child, Child.id == Booking.child_id)
        .where(Child.public_id == contender.child, Booking.day == day)
    )
    seen = {SLUG: 0, ALONG: 0} | dict(versions.all())
    wanted = [slug for slug, ticked in zip((SLUG, ALONG), both, strict=True) if ticked]
    book(contender, day, seen, wanted)


def _strike(day: date, act: Strike) -> None:
    extent = Extent((day,), act.services, act.schools)
    if not act.ends:
        # What is closed is not closed again.
        with suppress(Refusal):
            closing.close(extent, "Grève", TOWN_HALL)
        return
    with suppress(Refusal):
        closing.reopen(extent, TOWN_HALL)


def _give(day: date, number: int) -> None:
    wait = select(Booking.public_id).where(
        Booking.day == day, Booking.state == BookingState.WAITING
    )
    found = db.session().scalars(wait.order_by(Booking.id)).all()
    if found:
        answering_waiters.give(found[number % len(found)], TOWN_HALL)


def _let_lapse(day: date) -> None:
    with db.transaction() as session:
        kept = Booking.offer_until.is_not(None) & (Booking.day == day)
        session.execute(update(Booking).where(kept).values(offer_until=datetime.now(UTC)))
    lapsing.lapse()
