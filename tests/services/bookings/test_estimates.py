"""What a family's month may cost, of what is booked: late ones dearer, absences as they are due."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import db
from app.calendar.months import both_ends
from app.models import Booking, BookingState, Service, Tariff
from app.services.bookings import estimates, reading
from tests.services.bookings.conftest import WEDNESDAY_BEFORE
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person
from tests.support.services import CANTEEN, booked_by

DECEMBER = date(2026, 12, 1)
DAYS = [date(2026, 12, day) for day in (3, 4, 7, 8, 10)]


def estimate(person: Person) -> Decimal | None:
    return estimates.of_month(reading.known(signed_in(person).family_id, *both_ends(DECEMBER)))


@pytest.mark.both_databases
def test_a_month_is_added_up(town: People) -> None:
    """One late, two absences of which the first is due, one cancelled; the midday costs nothing."""
    assert estimate(town.zest) is None
    with db.transaction() as session:
        booked, child = booked_by(session, town.zest)
        booked.book(child, DAYS, WEDNESDAY_BEFORE, "", [DAYS[4]])
        canteen, midday = session.scalars(select(Service).order_by(Service.position)).all()
        assert canteen.source_id == CANTEEN
        canteen.due_absences = 1
        meals = session.scalars(
            select(Booking).where(Booking.service_id == canteen.id).order_by(Booking.day)
        ).all()
        meals[0].late = True
        meals[2].state = meals[3].state = BookingState.ABSENT
        session.add(
            Tariff(service_id=canteen.id, first=DECEMBER, amount=Decimal(4), late_amount=Decimal(6))
        )
        number = midday.id
    # The midday has no tariff: half a sum is worse than none.
    assert estimate(town.zest) is None
    with db.transaction() as session:
        session.add(Tariff(service_id=number, first=DECEMBER, amount=Decimal(0)))
    assert estimate(town.zest) == Decimal(6 + 4 + 4)
    assert estimate(town.moreau) is None
