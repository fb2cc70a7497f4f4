"""« Semaine type »: what a family says once, and the weeks that are ticked by it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.models import CustodyPattern, TypicalDay, WeekParity
from app.services.bookings import drawing, typical
from app.services.refusals import Refusal
from tests.services.bookings.conftest import MONDAY, states, tick
from tests.services.bookings.test_copying import ticked
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person, public_id
from tests.support.services import booked_by

NEXT = MONDAY + timedelta(weeks=1)
days = st.dates(date(2020, 1, 1), date(2045, 12, 31))


def say(person: Person, child: str, *ticked: str) -> None:
    """Have a parent save these boxes, and no other."""
    account = signed_in(person)
    week = typical.of_child(account.family_id, public_id(child))
    assert week is not None
    typical.save(account, week, ticked)


def test_a_week_is_ticked_by_it_and_nothing_is_saved(town: People) -> None:
    say(town.zest, "e1", "all.0.cantine", "all.3.cantine", "all.4.garderie-de-midi")
    week = drawing.by_habit(signed_in(town.zest).family_id, MONDAY)
    assert ticked(week) == ["PAYS 30 Cantine", "PAYS 3 Cantine", "PAYS 4 Garderie de midi"]
    assert states(town.zest) == {}
    tick(town.zest, "30 cantine", "3 cantine", "4 garderie-de-midi")
    again = drawing.by_habit(signed_in(town.zest).family_id, MONDAY)
    assert ticked(again) == ["PAYS 30 Cantine", "PAYS 3 Cantine", "PAYS 4 Garderie de midi"]


def test_odd_and_even_weeks_are_said_apart(town: People) -> None:
    """The week of 30 November is the 49th."""
    say(town.zest, "e1", "odd.0.cantine", "even.1.cantine")
    family_id = signed_in(town.zest).family_id
    assert ticked(drawing.by_habit(family_id, MONDAY)) == ["PAYS 30 Cantine"]
    assert ticked(drawing.by_habit(family_id, NEXT)) == ["PAYS 8 Cantine"]


def test_what_was_said_is_replaced_and_shown_in_both_ways(town: People) -> None:
    say(town.zest, "e1", "all.0.cantine", "all.1.cantine")
    say(town.zest, "e1", "odd.0.cantine", "even.1.cantine")
    [week] = typical.of_family(signed_in(town.zest).family_id)
    assert [line.weekday for line in week.lines(WeekParity.ODD)] == ["Lundi"]
    assert [line.weekday for line in week.lines(WeekParity.EVEN)] == ["Mardi"]
    assert [line.weekday for line in week.lines(WeekParity.ALL)] == ["Lundi", "Mardi"]
    say(town.zest, "e1")
    assert not drawing.by_habit(signed_in(town.zest).family_id, MONDAY).has_typical


def test_each_home_says_its_own_and_has_its_own_weeks_ticked(town: People) -> None:
    """The days of the other home have no box."""
    with db.transaction() as session:
        bookings, jules = booked_by(session, town.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_EVEN, NEXT)
        name, source_id = jules.public_id, jules.source_id
    say(town.claire, source_id, "all.3.cantine")
    claire, marc = signed_in(town.claire), signed_in(town.marc)
    assert ticked(drawing.by_habit(claire.family_id, MONDAY)) == []
    assert len(ticked(drawing.by_habit(claire.family_id, NEXT))) == 1
    assert ticked(drawing.by_habit(marc.family_id, NEXT)) == []
    assert typical.of_child(signed_in(town.zest).family_id, name) is None


def test_a_service_that_is_over_is_offered_no_more(town: People) -> None:
    """An enrolment that ended, and one that has no end."""
    say(town.zest, "e1", "all.0.cantine")
    with db.transaction() as session:
        bookings, child = booked_by(session, town.zest)
        for service in bookings.services:
            service.book_rule = "jamais" if service.slug == "cantine" else service.book_rule
        assert child.public_id == public_id("e1")
    [week] = typical.of_family(signed_in(town.zest).family_id)
    assert [each.slug for each in week.services(0)] == ["garderie-de-midi"]
    assert week.lines(WeekParity.ALL) == []


@pytest.mark.parametrize(
    "forged",
    [
        ("all.0.piscine",),
        ("all.2.cantine",),
        ("all.7.cantine",),
        ("",),
        ("all.0.cantine", "odd.1.cantine"),
        tuple(f"all.0.cantine{number}" for number in range(20_000)),
    ],
)
def test_a_forged_box_changes_nothing(town: People, forged: tuple[str, ...]) -> None:
    """No service, a day on which it is not there, no day, nothing, both kinds, thousands."""
    say(town.zest, "e1", "all.0.cantine")
    with pytest.raises(Refusal):
        say(town.zest, "e1", *forged)
    rows = db.session().scalars(select(TypicalDay)).all()
    assert [(row.parity, row.weekday) for row in rows] == [(WeekParity.ALL, 0)]


@given(days)
def test_parity_goes_by_the_weeks_of_the_year(day: date) -> None:
    """All days of a week have one; it changes every week, but around a week 53."""
    monday = day - timedelta(days=day.weekday())
    kinds = {typical.parity_of(monday + timedelta(days=number)) for number in range(7)}
    assert kinds == {typical.parity_of(day)}
    after = monday + timedelta(weeks=1)
    same = typical.parity_of(after) is typical.parity_of(monday)
    assert same is (monday.isocalendar().week == 53)


@given(days, st.integers(0, 400))
def test_who_has_two_odd_weeks_in_a_row_is_told(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    weeks = {(first + timedelta(days=number)).isocalendar()[:2] for number in range(length + 1)}
    told = typical.doubled(first, last)
    assert (told is not None) is any(week == 53 for _, week in weeks)
