"""A strike: what was booked goes, families read why, and all of it comes back if it reopens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingEvent,
    BookingOrigin,
    BookingState,
    DayState,
    JournalEntry,
    Message,
    MessageRecipient,
    Place,
    ServiceDay,
)
from app.services.bookings import closing, closing_letters
from app.services.refusals import Refusal
from tests.support.people import TOWN_HALL, People
from tests.support.services import CANTEEN, booked_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
MIDDAY = "garderie-de-midi"
WHY = "grève du personnel"


@pytest.fixture(autouse=True)
def booked(app: Flask, people: People) -> Iterator[None]:
    """Two families have booked Monday; one of them had cancelled a day before."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        with db.transaction() as session:
            for person in (people.zest, people.claire):
                bookings, child = booked_by(session, person)
                bookings.enrol(child, date(2026, 9, 1))
                bookings.book(child, [date(2026, 12, 3), MONDAY], NOW, "", [date(2026, 12, 3)])
        yield


def states(day: date = MONDAY) -> list[str]:
    rows = db.session().scalars(select(Booking).where(Booking.day == day).order_by(Booking.id))
    return [each.state.value for each in rows.all()]


def taken() -> int:
    return db.session().scalars(select(Place.taken).where(Place.day == MONDAY)).one()


def test_a_strike_takes_away_what_was_booked() -> None:
    """With the midday hour that the meal brought, its place, and a line of history for each."""
    assert closing.preview(MONDAY, [CANTEEN]).bookings == 4
    assert states() == ["booked"] * 4
    changed = closing.close(MONDAY, [CANTEEN], f"  {WHY} ", TOWN_HALL)
    assert (changed.bookings, changed.children, len(changed.families)) == (4, 2, 2)
    assert changed.services == ["Cantine"]
    assert states() == ["closed"] * 4
    assert states(date(2026, 12, 3)) == ["cancelled"] * 4
    assert taken() == 0
    mark = db.session().scalars(select(ServiceDay).where(ServiceDay.day == MONDAY)).one()
    assert (mark.state, mark.reason) == (DayState.CLOSED, WHY)
    last = db.session().scalars(select(BookingEvent).order_by(BookingEvent.id.desc())).first()
    assert last is not None
    assert (last.kind.value, last.sentence) == ("closed", "Fermé\u00a0: grève du personnel.")


def test_it_comes_back_as_it_was() -> None:
    """Who was absent is absent still; there are fewer places by now, and nobody is turned out."""
    with db.transaction() as session:
        first = session.scalars(select(Booking).where(Booking.day == MONDAY)).first()
        assert first is not None
        first.state = BookingState.ABSENT
    before = (states(), taken())
    closing.close(MONDAY, [CANTEEN, MIDDAY], WHY, TOWN_HALL)
    with db.transaction() as session:
        session.execute(update(Place).values(capacity=0))
    changed = closing.reopen(MONDAY, [CANTEEN, MIDDAY], TOWN_HALL)
    assert changed.bookings == 4
    assert (states(), taken()) == before
    marks = db.session().scalars(select(ServiceDay.state).where(ServiceDay.day == MONDAY))
    assert set(marks) == {DayState.OPEN}
    events = db.session().scalars(select(JournalEntry.event).order_by(JournalEntry.id)).all()
    assert events == ["day_closed", "day_reopened"]


def test_closed_twice_is_closed_once() -> None:
    closing.close(MONDAY, [], WHY, TOWN_HALL)
    again = closing.close(MONDAY, [], "Neige", TOWN_HALL)
    assert (again.bookings, again.services) == (0, ["Cantine", "Garderie de midi"])
    assert closing.reopen(MONDAY, [], TOWN_HALL).bookings == 4
    assert states() == ["booked"] * 4


def test_what_somebody_booked_for_itself_stays() -> None:
    """The midday hour of who does not eat there; the canteen alone is closed."""
    with db.transaction() as session:
        linked = Booking.origin == BookingOrigin.LINKED
        session.execute(update(Booking).where(linked).values(origin=BookingOrigin.PARENT))
    closing.close(MONDAY, [CANTEEN], WHY, TOWN_HALL)
    assert sorted(states()) == ["booked", "booked", "closed", "closed"]


def test_a_meal_does_not_come_back_without_its_midday() -> None:
    closing.close(MONDAY, [CANTEEN, MIDDAY], WHY, TOWN_HALL)
    assert closing.reopen(MONDAY, [CANTEEN], TOWN_HALL).bookings == 0
    assert states() == ["closed"] * 4
    assert closing.reopen(MONDAY, [MIDDAY], TOWN_HALL).bookings == 4
    assert states() == ["booked"] * 4


def test_nobody_eats_where_the_midday_is_closed() -> None:
    """The canteen is the association's, and open: but nobody would mind the children."""
    changed = closing.close(MONDAY, [MIDDAY], WHY, TOWN_HALL)
    assert changed.services == ["Cantine", "Garderie de midi"]
    assert states() == ["closed"] * 4
    assert closing.reopen(MONDAY, [MIDDAY], TOWN_HALL).bookings == 4


def test_families_who_had_booked_read_why(people: People) -> None:
    changed = closing.close(MONDAY, [CANTEEN], WHY, TOWN_HALL)
    due_at = closing_letters.tell_of_closing(changed, WHY, "Pique-nique possible.", TOWN_HALL)
    assert due_at is not None
    message = db.session().scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    assert message.subject == "Fermeture le lundi 30\u00a0novembre 2026"
    assert "Motif\u00a0: grève du personnel." in message.body
    assert "ne vous sera pas facturé" in message.body
    assert message.body.endswith("Pique-nique possible.")
    told = select(MessageRecipient.family_id).where(MessageRecipient.message_id == message.id)
    assert set(db.session().scalars(told)) == changed.families
    back = closing.reopen(MONDAY, [CANTEEN], TOWN_HALL)
    assert closing_letters.tell_of_reopening(back, "", TOWN_HALL) is not None
    nobody = closing.close(date(2026, 12, 8), [CANTEEN], WHY, TOWN_HALL)
    assert closing_letters.tell_of_closing(nobody, WHY, "", TOWN_HALL) is None


@pytest.mark.parametrize(
    ("day", "slugs", "reason", "words"),
    [
        (date(2026, 11, 23), [CANTEEN], WHY, "ce jour est passé"),
        (MONDAY, ["piscine"], WHY, "aucun service ne s’appelle «\u00a0piscine\u00a0»"),
        (MONDAY, [CANTEEN], "  ", "dites pourquoi"),
    ],
)
def test_what_cannot_be_closed(day: date, slugs: list[str], reason: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        closing.close(day, slugs, reason, TOWN_HALL)
    assert states() == ["booked"] * 4


def test_what_is_open_is_not_opened_again() -> None:
    with pytest.raises(Refusal, match="n’est pas fermé ce jour-là"):
        closing.reopen(MONDAY, [CANTEEN], TOWN_HALL)
    # The town's own strike of the 1st, from before.
    assert closing.reopen(TUESDAY, [CANTEEN], TOWN_HALL).bookings == 0
