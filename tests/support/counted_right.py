"""Whatever was done to the bookings of a day: what is so of them all the same."""

from datetime import date

from sqlalchemy import func, select

from app import db
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
from app.services.bookings import catalogue, places, waiting
from app.services.bookings.places import At
from tests.support.last_place import ALONG, SLUG

# What the waiting list gives, or offers.
SHARED = (BookingEventKind.PROMOTED, BookingEventKind.OFFERED)


def have_places(day: date, slug: str, number: int) -> None:
    """Have so many, as the town hall's screens do."""
    with db.transaction() as session:
        service = session.scalars(select(Service).where(Service.slug == slug)).one()
        special = session.scalars(
            select(ServiceDay).filter_by(service_id=service.id, day=day, school="")
        ).one_or_none()
        if special is None:
            special = ServiceDay(service_id=service.id, day=day, state=DayState.OPEN)
            session.add(special)
        special.capacity = number
        session.flush()
        town = catalogue.read(day, day)
        places.lock_places(session, town, [At(service.id, day)])
        waiting.promote(session, town, [At(service.id, day)])


def check(day: date) -> None:
    """Have places counted right, nobody wait for what is there, and its history lead to it."""
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


def last_event() -> int:
    """Number what happened last, before something is done."""
    return db.session().scalar(select(func.max(BookingEvent.id))) or 0


def check_shared(last: int) -> None:
    """Nobody is given by the list what the town does not have: one more is one child's."""
    rows = db.session().execute(
        select(Place, Booking.day)
        .join(
            Booking,
            (Booking.service_id == Place.service_id)
            & (Booking.group_id == Place.group_id)
            & (Booking.day == Place.day),
        )
        .join(BookingEvent, BookingEvent.booking_id == Booking.id)
        .where(BookingEvent.id > last, BookingEvent.kind.in_(SHARED))
        .order_by(Place.service_id, Place.group_id, Place.day)
    )
    for place, day in rows:
        said = catalogue.read(day, day).services[place.service_id].places(day, place.group_id)
        assert said is None or place.taken <= said
