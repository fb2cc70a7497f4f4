"""« Services à facturer » in its states: nothing, a month that goes on, one that is over."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.formats import today
from app.models import (
    Attendance,
    AttendanceState,
    Booking,
    BookingState,
    InvoicedMonth,
    Service,
    Tariff,
)
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

FEBRUARY, MARCH = date(2020, 2, 3), date(2020, 3, 2)
INVOICED = "Ce mois est facturé : ne plus rien y changer"


def billing_screens(app: Flask, people: People, office: Browser) -> Iterator[tuple[str, Page]]:
    """Go through them as somebody who sees money."""
    yield "billing, nothing", office.get("town_hall.billing", mois="2019-01")
    with app.app_context(), db.transaction() as session:
        session.execute(delete(InvoicedMonth))
        session.execute(update(Service).values(archived_at=None))
        for person, school in ((people.moreau, "École du Bourg"), (people.no_address, "")):
            booked, child = booked_by(session, person)
            child.school = school
            session.execute(
                delete(Booking).where(Booking.child_id == child.id, Booking.day == today())
            )
            booked.book(child, [FEBRUARY, MARCH, today()], datetime.now(UTC))
        absent = update(Booking).where(Booking.day == MARCH, Booking.child_id == child.id)
        session.execute(absent.values(state=BookingState.ABSENT))
        canteen = session.scalars(select(Service.id).where(Service.slug == "cantine")).one()
        session.add(
            Attendance(
                child_id=child.id, service_id=canteen, day=MARCH, state=AttendanceState.PRESENT,
                at=datetime.now(UTC), client_key="billing",
            )
        )  # fmt: skip
        session.execute(delete(Tariff))
        session.add(Tariff(service_id=canteen, first=FEBRUARY, amount=Decimal("4.20")))
    yield "billing, this month", office.get("town_hall.billing", mois=f"{today():%Y-%m}")
    page = office.get("town_hall.billing", mois="2020-03", service=str(canteen))
    yield "billing, by child", page
    yield "billing, invoiced", page.submit(INVOICED)
    yield "billing, the month before", office.get("town_hall.billing", mois="2020-02")
