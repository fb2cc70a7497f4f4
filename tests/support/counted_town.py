"""Whatever was done in a town: what is so of all its days all the same."""

from sqlalchemy import select

from app import db
from app.models import HOLDING, Booking, BookingEvent, BookingState, FamilyChild, Place, Service
from tests.support.random_towns import CANTEEN, MIDDAY


def check_town() -> None:
    """No meal without its midday hour, counts that are so, a history that leads to what is."""
    session = db.session()
    session.rollback()
    rows = session.scalars(select(Booking).order_by(Booking.id)).all()
    slugs = dict(session.execute(select(Service.id, Service.slug)).all())
    there = {(each.child_id, each.day, slugs[each.service_id]): each.state for each in rows}
    for (child, day, slug), state in there.items():
        midday = there.get((child, day, MIDDAY))
        if slug == CANTEEN and state in HOLDING:
            assert midday in HOLDING, (child, day)
        if slug == CANTEEN and state is BookingState.BOOKED:
            assert midday is BookingState.BOOKED, (child, day)
    for place in session.scalars(select(Place)):
        held = sum(
            (each.service_id, each.day, each.group_id)
            == (place.service_id, place.day, place.group_id)
            for each in rows
            if each.state in HOLDING
        )
        assert place.taken == held <= place.capacity
    history: dict[int, list[BookingEvent]] = {}
    for event in session.scalars(select(BookingEvent).order_by(BookingEvent.id)):
        history.setdefault(event.booking_id, []).append(event)
    for each in rows:
        events = history[each.id]
        assert [event.old for event in events] == [None, *(event.new for event in events[:-1])]
        assert events[-1].new is each.state
        assert (each.offer_until is not None) is (each.state is BookingState.OFFERED)
    homes = session.execute(select(FamilyChild.family_id, FamilyChild.child_id)).all()
    assert {(each.family_id, each.child_id) for each in rows} <= {tuple(row) for row in homes}
