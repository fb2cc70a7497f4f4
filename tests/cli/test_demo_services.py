"""Someone tries the canteen and the garderie of an invented town."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db, formats
from app.booking_kinds import LinkKind
from app.formats import PARIS, today
from app.models import (
    AbsenceProof,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingState,
    Child,
    CustodyDay,
    Family,
    Message,
    MessageRecipient,
    MessageSending,
    OutboxMail,
    Service,
    ServiceDay,
)
from app.services.bookings import coming, recounting
from app.services.bookings.setting_up import reading
from app.services.demonstration import booking
from app.services.demonstration.booking import TheWeek
from app.services.demonstration.parents import account_of
from app.services.mail.kinds import MailKind
from tests.cli.test_demo import launch

CANTEEN, MIDDAY = "cantine", "garderie-de-midi"
GUIDES_FAMILY = "38162386"
CELINE, YANN = "3816233", "3816234"
# Those of the eldest, and one of the youngest.
PLACES = 10 + 1


def test_the_canteen_is_run_by_an_association_and_brings_the_midday(app: Flask) -> None:
    """As the guides of parents say: whoever eats there is at the midday garderie too."""
    launch(app)
    with app.app_context():
        services = {each.slug: each for each in reading.listed(today())}
        canteen, midday = services["cantine"], services["garderie-de-midi"]
        assert "Association" in canteen.described.operator
        assert canteen.others == {LinkKind.BRINGS: frozenset({midday.number})}
        assert {"garderie-du-matin", "garderie-du-soir"} <= services.keys()
        assert canteen.enrolled > 10
        assert any(reading.coming(reading.agenda(canteen.described, 0, today()), today()))


# Saturday night, in term; the Thursday on which a week closes; each sort of holidays, their first
# and last days; the turn of the year, a bridge, both changes of the clocks, years of no decree.
DAYS = (
    "2026-11-28T00:45",
    "2026-11-26T23:50",
    "2026-12-31T09:00",
    "2027-01-04T00:05",
    "2027-02-17T12:00",
    "2027-03-28T02:30",
    "2027-05-07T08:00",
    "2027-07-02T17:00",
    "2027-08-15T10:00",
    "2026-09-01T08:30",
    "2026-10-25T02:30",
    "2029-08-31T23:59",
    "2031-12-25T07:00",
)


class Booked(NamedTuple):
    """A line of what was booked."""

    day: date
    service: str
    child: str
    family: str
    state: BookingState
    waiting_since: datetime | None


@pytest.mark.parametrize("moment", DAYS)
def test_there_is_something_of_each_to_see_whatever_the_day(app: Flask, moment: str) -> None:
    """A full day and who waits, a strike told to those concerned, a child of two homes."""
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=PARIS), tick=False):
        launch(app)
        with app.app_context():
            check_the_town()


@pytest.mark.both_databases
def test_bookings_are_counted_right_on_each_database(app: Flask) -> None:
    """Today, whatever it is."""
    launch(app)
    with app.app_context():
        check_the_town()


def check_the_town() -> None:
    """Look for each thing that the tour shows, and at what must be so of all bookings."""
    booked = all_booked()
    week = the_week(booked)
    full = [each for each in booked if (each.day, each.service) == (week.full_day, CANTEEN)]
    assert Counter(each.state for each in full) == {
        BookingState.BOOKED: PLACES,
        BookingState.WAITING: 1,
    }
    [waits] = [each for each in full if each.waiting_since]
    assert waits.child in {"Gaël", "Zoé"}
    assert waits.waiting_since
    assert waits.waiting_since < datetime.now(UTC)
    struck = [each for each in booked if (each.day, each.service) == (week.strike, CANTEEN)]
    assert len(struck) > 1
    assert {each.state for each in struck} == {BookingState.CLOSED}
    coming_to_eat = Counter(each.day for each in booked if eats(each))
    assert all(count < PLACES for day, count in coming_to_eat.items() if day != week.full_day)
    assert "Sami" not in {
        each.child for each in booked if eats(each) and each.day == week.plain_day
    }
    check_message(week, {each.family for each in struck})
    check_midday(booked)
    check_homes(booked)
    check_single_days(booked, week)
    check_history()
    assert recounting.differences() == []
    # The limit of the first week may be further than home tells of.
    told = coming.to_book(account_of(GUIDES_FAMILY).family_id)
    assert told is None or told.monday == week.monday


def the_week(booked: list[Booked]) -> TheWeek:
    """Find it by the strike, which is at its end."""
    closed = select(ServiceDay.day).where(ServiceDay.reason != "").distinct()
    [strike] = db.session().scalars(closed)
    monday = strike - timedelta(days=strike.weekday())
    full_day, plain_day, *_ = sorted({each.day for each in booked if each.day >= monday})
    return TheWeek(monday, full_day, plain_day, strike)


def all_booked() -> list[Booked]:
    """Read all of them, in the order of their days."""
    found = db.session().execute(
        select(
            Booking.day,
            Service.slug,
            Child.first_name,
            Family.number,
            Booking.state,
            Booking.waiting_since,
        )
        .join(Service, Service.id == Booking.service_id)
        .join(Child, Child.id == Booking.child_id)
        .join(Family, Family.id == Booking.family_id)
        .order_by(Booking.day, Service.slug, Booking.id)
    )
    return [Booked(*row) for row in found]


def eats(each: Booked) -> bool:
    """Tell whether somebody has a meal."""
    return each.service == CANTEEN and each.state is BookingState.BOOKED


def check_message(week: TheWeek, families: set[str]) -> None:
    """Those who had booked the day of the strike have it in their inbox, nobody else, no mail."""
    [message] = db.session().scalars(select(Message).join(MessageSending))
    assert formats.day_in_full(week.strike) in message.subject
    assert not message.unsent
    assert message.sent_on < today()
    told = db.session().scalars(
        select(Family.number)
        .join(MessageRecipient, MessageRecipient.family_id == Family.id)
        .where(MessageRecipient.message_id == message.id)
    )
    assert set(told) == families
    kinds = db.session().scalars(select(OutboxMail.kind).distinct())
    assert set(kinds) == {MailKind.ACTIVATION}


def check_midday(booked: list[Booked]) -> None:
    """Nobody eats without the midday garderie, nor the other way round."""
    lively = {BookingState.BOOKED, BookingState.WAITING}
    meals, middays = (
        {(each.day, each.child) for each in booked if each.service == slug and each.state in lively}
        for slug in (CANTEEN, MIDDAY)
    )
    assert meals == middays
    assert all(each.day.weekday() in booking.EVERY_DAY for each in booked)


def check_homes(booked: list[Booked]) -> None:
    """Each home books its own weeks."""
    [left] = db.session().scalars(select(CustodyDay.day))
    assert left.isocalendar().week % 2 == 0
    for each in booked:
        if each.child == "Maëlle":
            is_even = each.day.isocalendar().week % 2 == 0 and each.day != left
            assert each.family == (CELINE if is_even else YANN)
    assert {each.family for each in booked if each.child == "Maëlle"} == {CELINE, YANN}


def check_single_days(booked: list[Booked], week: TheWeek) -> None:
    """A place is offered; in term, somebody booked too late, and a paper is to be read."""
    offered = [each for each in booked if each.state is BookingState.OFFERED]
    assert [(each.day, each.service, each.child) for each in offered] == [
        (week.plain_day, "garderie-du-matin", "Anaïs")
    ]
    late = db.session().scalars(select(Booking).where(Booking.late)).all()
    proofs = db.session().scalars(select(AbsenceProof)).all()
    has_begun = any(each.day <= today() for each in booked)
    assert [len(late), len(proofs)] == ([1, 1] if has_begun else [0, 0])
    assert all(each.verdict is None and each.received_at < datetime.now(UTC) for each in proofs)


def check_history() -> None:
    """All of it has happened, and nobody booked a day that was over."""
    now = datetime.now(UTC)
    session = db.session()
    assert all(at < now for at in session.scalars(select(BookingBatch.at)))
    events = session.execute(
        select(BookingEvent.at, Booking.day).join(Booking, Booking.id == BookingEvent.booking_id)
    )
    assert all(at < now and formats.day_of(at) < day for at, day in events)
