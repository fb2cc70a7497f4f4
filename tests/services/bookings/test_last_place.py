"""Two parents want the last place at the same moment: one has it, the others wait, in order."""

import pytest
from flask import Flask
from sqlalchemy import select

import config
from app import db
from app.models import Booking, BookingState, Place, Service
from tests.support.last_place import ALONG, FIRST, SLUG, prepare, race

AT_ONCE = 8


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_eight_at_once_and_one_place(app: Flask, settings: config.Settings, rounds: int) -> None:
    """Exactly one of them has it, with what comes along; nobody meets an error."""
    race(settings, prepare(app, AT_ONCE), rounds)
    with app.app_context():
        rows = (
            db.session()
            .execute(
                select(Booking.day, Service.slug, Booking.child_id, Booking.state)
                .join(Service, Service.id == Booking.service_id)
                .where(Booking.day >= FIRST)
                .order_by(Booking.day)
            )
            .all()
        )
        taken = db.session().scalars(select(Place.taken)).all()
    winners = [row[:3] for row in rows if row.state is BookingState.BOOKED]
    days = {day for day, *_ in rows}
    assert len(days) == rounds
    for slug in (SLUG, ALONG):
        assert sorted(day for day, which, _ in winners if which == slug) == sorted(days)
    assert len({(day, child) for day, _, child in winners}) == rounds
    assert len(rows) == rounds * AT_ONCE * 2
    assert set(taken) == {1}
