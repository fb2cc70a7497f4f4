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
    HOLDING,
    Booking,
    BookingEvent,
    BookingState,
    Child,
    DayState,
    Place,
    Service,
    ServiceDay,
    Waiting,
)
from app.services.bookings import catalogue, closing, lapsing, places, waiting
from app.services.bookings.closing_extent import Extent
from app.services.bookings.places import At
from app.services.refusals import Refusal
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


Act = Tick | Places | Strike | Silence | Custom
FOR = ((), (SCHOOLS[0],), SCHOOLS)
CLOSINGS = ((SLUG,), (ALONG,), (SLUG, ALONG))
ACTS = st.one_of(
    st.builds(Tick, st.integers(0, FAMILIES - 1), st.tuples(st.booleans(), st.booleans())),
    st.builds(Places, st.sampled_from([SLUG, ALONG]), st.integers(0, FAMILIES)),
    st.builds(Silence),
    st.builds(
        Custom,
        st.sampled_from([SLUG, ALONG]),
        st.sampled_from([Waiting.AUTOMATIC, Waiting.OFFER]),
    ),
    st.builds(Strike, st.sampled_from(CLOSINGS), st.sampled_from(FOR), st.booleans()),
)


def test_any_sequence_counts_right(app: Flask) -> None:
    """Each sequence has a day of its own."""
    contenders = prepare(app, FAMILIES)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(ACTS, max_size=14))
    def any_sequence(acts: Sequence[Act]) -> None:
        day = FIRST + timedelta(days=next(numbers))
        with app.app_context():
            for act in acts:
                _do(contenders, day, act)
                _check(day)

    any_sequence()


def _do(contenders: Sequence[Contender], day: date, act: Act) -> None:
    if isinstance(act, Tick):
        _tick(contenders[act.family], day, act.both)
    elif isinstance(act, Strike):
        _strike(day, act)
    elif isinstance(act, Silence):
        _let_lapse(day)
    elif isinstance(act, Custom):
        with db.transaction() as session:
            service = update(Service).where(Service.slug == act.service)
            session.execute(service.values(waiting=act.how))
    else:
        _have_places(day, act)


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


def _let_lapse(day: date) -> None:
    with db.transaction() as session:
        kept = Booking.offer_until.is_not(None) & (Booking.day == day)
        session.execute(update(Booking).where(kept).values(offer_until=datetime.now(UTC)))
    lapsing.lapse()


def _have_places(day: date, act: Places) -> None:
    """Have so many, as the town hall's screens do."""
    with db.transaction() as session:
        service = session.scalars(select(Service).where(Service.slug == act.service)).one()
        special = session.scalars(
            select(ServiceDay).filter_by(service_id=service.id, day=day, school="")
        ).one_or_none()
        if special is None:
            special = ServiceDay(service_id=service.id, day=day, state=DayState.OPEN)
            session.add(special)
        special.capacity = act.number
        session.flush()
        town = catalogue.read(day, day)
        places.lock_places(session, town, [At(service.id, day)])
        waiting.promote(session, town, [At(service.id, day)])


def _check(day: date) -> None:
    session = db.session()
    session.rollback()
    booked = session.scalars(select(Booking).where(Booking.day == day)).all()
    slugs = dict(session.execute(select(Service.id, Service.slug)).all())
    held = {(each.child_id, slugs[each.service_id]) for each in booked if each.state in HOLDING}
    sure = {
        (each.child_id, slugs[each.service_id])
        for each in booked
        if each.state is BookingState.BOOKED
    }
    free = {SLUG: 1, ALONG: 1}
    for place in session.scalars(select(Place).where(Place.day == day)):
        count = sum(slug == slugs[place.service_id] for _, slug in held)
        assert place.taken == count <= place.capacity
        free[slugs[place.service_id]] = place.capacity - place.taken
    for each in booked:
        assert (each.offer_until is not None) is (each.state is BookingState.OFFERED)
        waits = each.state is BookingState.WAITING
        if slugs[each.service_id] == SLUG:
            along = (each.child_id, ALONG) in held
            # Who has it has what comes along; nobody waits for what is there.
            assert along or (each.child_id, SLUG) not in held
            # And surely, when it is not only offered.
            assert (each.child_id, ALONG) in sure or (each.child_id, SLUG) not in sure
            assert not (waits and free[SLUG] and (along or free[ALONG]))
        # Its history leads to what it is.
        events = session.scalars(
            select(BookingEvent).where(BookingEvent.booking_id == each.id).order_by(BookingEvent.id)
        ).all()
        assert [event.old for event in events] == [None, *(event.new for event in events[:-1])]
        assert events[-1].new is each.state
        assert len(events) == each.version
