"""A strike: what was booked goes, families read why, and all of it comes back if it reopens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

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
    Service,
    ServiceDay,
)
from app.services.bookings import reading
from app.services.bookings.closings import closing, closing_days, closing_list
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act
from app.services.refusals import Refusal
from tests.services.bookings.conftest import states as booked_states
from tests.services.bookings.conftest import tick
from tests.services.requests.conftest import signed_in
from tests.support.people import TOWN_HALL, People, Person
from tests.support.services import CANTEEN, booked_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
MIDDAY = "garderie-de-midi"
WHY = "grève du personnel"
LOUISE = "École Louise-Michel"


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


def on(day: date, *slugs: str) -> Extent:
    return Extent((day,), slugs)


def states(day: date = MONDAY) -> list[str]:
    rows = db.session().scalars(select(Booking).where(Booking.day == day).order_by(Booking.id))
    return [each.state.value for each in rows.all()]


def taken() -> int:
    return db.session().scalars(select(Place.taken).where(Place.day == MONDAY)).one()


def test_a_strike_takes_away_what_was_booked() -> None:
    """With the midday hour that the meal brought, its place, and a line of history for each."""
    assert closing.preview(on(MONDAY, CANTEEN)).bookings == 4
    assert states() == ["booked"] * 4
    changed = closing.close(on(MONDAY, CANTEEN), f"  {WHY} ", TOWN_HALL)
    assert (changed.bookings, changed.children, changed.families) == (4, 2, 2)
    assert changed.services == ("Cantine",)
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
    closing.close(on(MONDAY, CANTEEN, MIDDAY), WHY, TOWN_HALL)
    with db.transaction() as session:
        session.execute(update(Place).values(capacity=0))
    changed = closing.reopen(on(MONDAY, CANTEEN, MIDDAY), TOWN_HALL)
    assert changed.bookings == 4
    assert (states(), taken()) == before
    marks = db.session().scalars(select(ServiceDay.state).where(ServiceDay.day == MONDAY))
    assert set(marks) == {DayState.OPEN}
    acts = JournalEntry.event.in_(("day_closed", "day_reopened"))
    events = db.session().scalars(select(JournalEntry).where(acts).order_by(JournalEntry.id)).all()
    assert [each.event for each in events] == ["day_closed", "day_reopened"]


def test_closed_twice_is_closed_once() -> None:
    """Whoever closes all of the next days keeps why the first one is closed."""
    closing.close(on(MONDAY), WHY, TOWN_HALL)
    with pytest.raises(Refusal, match="c’est déjà fermé"):
        closing.close(on(MONDAY), "Neige", TOWN_HALL)
    more = closing.close(closing_days.between(MONDAY, date(2026, 12, 3)), "Neige", TOWN_HALL)
    assert more.days == (TUESDAY, date(2026, 12, 3))
    assert more.services == ("Cantine", "Garderie de midi")
    assert closing.reopen(on(MONDAY), TOWN_HALL).bookings == 4
    assert states() == ["booked"] * 4


def test_what_somebody_booked_for_itself_stays() -> None:
    """The midday hour of who does not eat there; the canteen alone is closed."""
    with db.transaction() as session:
        linked = Booking.origin == BookingOrigin.LINKED
        session.execute(update(Booking).where(linked).values(origin=BookingOrigin.PARENT))
    closing.close(on(MONDAY, CANTEEN), WHY, TOWN_HALL)
    assert sorted(states()) == ["booked", "booked", "closed", "closed"]


def test_a_meal_does_not_come_back_without_its_midday() -> None:
    closing.close(on(MONDAY, CANTEEN, MIDDAY), WHY, TOWN_HALL)
    assert closing.reopen(on(MONDAY, CANTEEN), TOWN_HALL).bookings == 0
    assert states() == ["closed"] * 4
    assert closing.reopen(on(MONDAY, MIDDAY), TOWN_HALL).bookings == 4
    assert states() == ["booked"] * 4


def test_a_meal_does_not_come_back_without_a_midday_that_was_given_back(people: People) -> None:
    for ticked in (), ("4 cantine",):
        tick(people.zest, "30 cantine", "4 garderie-de-midi", *ticked)
    closing.close(on(date(2026, 12, 4), CANTEEN), WHY, TOWN_HALL)
    tick(people.zest, "30 cantine")
    closing.reopen(on(date(2026, 12, 4), CANTEEN), TOWN_HALL)
    assert booked_states(people.zest)["4 cantine"] == "closed parent"


def test_nobody_eats_where_the_midday_is_closed() -> None:
    """The canteen is the association's, and open: but nobody would mind the children."""
    changed = closing.close(on(MONDAY, MIDDAY), WHY, TOWN_HALL)
    assert changed.services == ("Cantine", "Garderie de midi")
    assert states() == ["closed"] * 4
    assert closing.reopen(on(MONDAY, MIDDAY), TOWN_HALL).bookings == 4


def test_families_who_had_booked_read_why(people: People) -> None:
    changed = closing.close(on(MONDAY, CANTEEN), WHY, TOWN_HALL, "Pique-nique possible.")
    assert changed.due_at == NOW + timedelta(minutes=10)
    message = db.session().scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    assert message.subject == "Fermeture le lundi 30\u00a0novembre 2026"
    assert "Motif\u00a0: grève du personnel." in message.body
    assert "ne vous sera pas facturé" in message.body
    assert message.body.endswith("Pique-nique possible.")
    told = select(MessageRecipient.family_id).where(MessageRecipient.message_id == message.id)
    booked = select(Booking.family_id).where(Booking.day == MONDAY)
    assert set(db.session().scalars(told)) == set(db.session().scalars(booked))
    assert changed.families == 2
    with db.transaction() as session:
        session.execute(update(Message).values(unsent=False))
    assert closing.reopen(on(MONDAY, CANTEEN), TOWN_HALL).due_at is not None
    assert closing.close(on(date(2026, 12, 8), CANTEEN), WHY, TOWN_HALL).due_at is None


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
        closing.close(on(day, *slugs), reason, TOWN_HALL)
    assert states() == ["booked"] * 4


def test_what_is_open_is_not_opened_again() -> None:
    with pytest.raises(Refusal, match="n’est pas fermé ce jour-là"):
        closing.reopen(on(MONDAY, CANTEEN), TOWN_HALL)
    # The town's own strike of the 1st, from before.
    assert closing.reopen(on(TUESDAY, CANTEEN), TOWN_HALL).bookings == 0


def go_to(person: Person, school: str) -> None:
    """Have somebody's eldest go to this school."""
    with db.transaction() as session:
        _, child = booked_by(session, person)
        child.school = school


def test_one_school_alone_is_closed(people: People) -> None:
    """The boiler of one school is out: its children have nothing, and read why; the others eat."""
    go_to(people.zest, LOUISE)
    extent = Extent((MONDAY,), (CANTEEN,), (LOUISE,))
    assert closing.preview(extent).words == (
        "Cantine, lundi 30\u00a0novembre 2026 (École Louise-Michel)"
    )
    changed = closing.close(extent, "chaudière en panne.", TOWN_HALL)
    assert (changed.bookings, changed.meals, changed.children) == (2, 1, 1)
    assert sorted(states()) == ["booked", "booked", "closed", "closed"]
    assert taken() == 1
    for person, words in (
        (people.zest, "Fermé\u00a0: chaudière en panne. Rien ne vous sera facturé."),
        (people.claire, "C’est déjà réservé."),
    ):
        known = reading.known(signed_in(person).family_id, MONDAY, MONDAY)
        verdicts = {
            judge(Act.BOOK, cell, known.world, NOW).sentence
            for cell in known.world.held
            if known.town.services[cell.service].slug == CANTEEN
        }
        assert verdicts == {words}
    with pytest.raises(Refusal, match="c’est déjà fermé"):
        closing.close(extent, WHY, TOWN_HALL)
    with pytest.raises(Refusal, match="«\u00a0Garderie de midi\u00a0» n’est pas fermé"):
        closing.reopen(Extent((MONDAY,), (MIDDAY,), (LOUISE,)), TOWN_HALL)
    assert closing.reopen(extent, TOWN_HALL).bookings == 2
    assert states() == ["booked"] * 4


def test_who_waits_elsewhere_has_the_place_of_a_closed_school(people: People) -> None:
    """Nobody of the closed school has it: they would eat nowhere."""
    go_to(people.zest, LOUISE)
    go_to(people.moreau, LOUISE)
    with db.transaction() as session:
        session.execute(update(Place).where(Place.day == MONDAY).values(capacity=2))
        session.execute(update(Service).where(Service.slug == CANTEEN).values(capacity=2))
        for person in (people.moreau, people.ines):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
    for person in (people.moreau, people.ines):
        tick(person, "30 cantine")
    closing.close(Extent((MONDAY,), (), (LOUISE,)), WHY, TOWN_HALL)
    held = dict.fromkeys(("30 cantine", "30 garderie-de-midi"))
    assert {key: booked_states(people.ines)[key].split()[0] for key in held} == dict.fromkeys(
        held, "booked"
    )
    assert booked_states(people.moreau)["30 cantine"].startswith("closed")


def test_closed_for_all_and_for_one_school(people: People) -> None:
    """Open again for all, it stays closed for the school that was closed before."""
    go_to(people.zest, LOUISE)
    closing.close(Extent((MONDAY,), (CANTEEN,), (LOUISE,)), WHY, TOWN_HALL)
    second = closing.close(on(MONDAY, CANTEEN), "Neige", TOWN_HALL)
    assert states() == ["closed"] * 4
    assert closing.undo(second.public_id, TOWN_HALL).bookings == 2
    assert sorted(states()) == ["booked", "booked", "closed", "closed"]
    with pytest.raises(Refusal, match="c’est déjà rouvert"):
        closing.undo(second.public_id, TOWN_HALL)
    # Who says no school has all of it open.
    assert closing.reopen(on(MONDAY, CANTEEN), TOWN_HALL).bookings == 2


def test_a_closing_that_is_undone_at_once_is_told_to_nobody() -> None:
    """Its message had not left: it never does."""
    changed = closing.close(on(MONDAY), WHY, TOWN_HALL)
    assert changed.due_at is not None
    [line] = closing_list.latest()
    assert (line.public_id, line.families, line.due_at is None) == (changed.public_id, 2, False)
    assert line.undone_until == NOW + closing_list.UNDONE_WITHIN
    assert closing.undo(changed.public_id, TOWN_HALL).due_at is None
    message = db.session().scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    assert message.withdrawn_at
    [line] = closing_list.latest()
    assert line.undone_at
    assert not line.may_open


def test_a_week_is_closed_at_once() -> None:
    """Only days on which something is open, or booked whatever the calendar says."""
    extent = closing_days.between(MONDAY, date(2026, 12, 6), (CANTEEN,))
    changed = closing.close(extent, WHY, TOWN_HALL)
    # The 1st is a strike already; there is no canteen on Wednesday nor at the end of the week.
    assert changed.days == (MONDAY, date(2026, 12, 3), date(2026, 12, 4))
    assert changed.words == "Cantine, du lundi 30\u00a0novembre au vendredi 4\u00a0décembre 2026"
    with pytest.raises(Refusal, match="rien n’ouvre ces jours-là"):
        closing.close(closing_days.between(date(2026, 12, 5), date(2026, 12, 6)), WHY, TOWN_HALL)
    with time_machine.travel(datetime(2026, 12, 3, 9, tzinfo=UTC), tick=False):
        assert closing.undo(changed.public_id, TOWN_HALL).days == changed.days[1:]
    assert states() == ["closed"] * 4


@pytest.mark.parametrize(
    ("last", "words"),
    [(date(2026, 11, 29), "avant le premier"), (date(2027, 2, 1), "six semaines au plus")],
)
def test_days_that_are_none(last: date, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        closing_days.between(MONDAY, last)
