"""The town loads a year, corrects a line, and loads it again: its line stays."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.calendar.school_years import SchoolYear
from app.models import CalendarSpan, JournalEntry, SpanKind
from app.services.bookings.setting_up import calendar
from app.services.refusals import Refusal
from tests.support.people import TOWN_HALL

YEAR = SchoolYear(2026)


@pytest.fixture(autouse=True)
def in_the_town(app: Flask) -> Iterator[None]:
    """Stay there."""
    with app.app_context():
        yield


def load() -> calendar.Loaded:
    """Load the year of zone A."""
    return calendar.load(YEAR, "A", "38", TOWN_HALL)


def test_a_year_is_loaded_once() -> None:
    """Twice comes to the same, and the journal has one line of it."""
    assert load().added == len(db.session().scalars(select(CalendarSpan)).all())
    assert load() == (0, [])
    events = db.session().scalars(select(JournalEntry.event)).all()
    assert events == ["calendar_loaded"]


def test_what_the_town_corrected_stays() -> None:
    """An academy moved a holiday: the decree still says otherwise, and it is told."""
    load()
    with db.transaction() as session:
        christmas = session.scalars(
            select(CalendarSpan).where(CalendarSpan.name == "Vacances de Noël")
        ).one()
        christmas.last = date(2027, 1, 4)
    again = load()
    assert again.added == 0
    [kept] = again.kept
    assert kept.startswith("Vacances de Noël (du 19")


def test_a_whole_year_is_read_in_order() -> None:
    load()
    lines = calendar.listed(YEAR)
    assert [each.first for each in lines] == sorted(each.first for each in lines)
    assert lines[0].name == "Vacances de la Toussaint"
    assert lines[-1].name == "Assomption"
    assert {each.kind_words for each in lines} == {"Jour férié", "Vacances scolaires", "Pont"}


def test_too_short_a_calendar_is_told() -> None:
    """Before anybody is surprised: six months ahead."""
    with pytest.raises(Refusal, match="chargez une année"):
        calendar.check()
    load()
    with time_machine.travel(datetime(2026, 11, 27, tzinfo=UTC), tick=False):
        assert calendar.check() == date(2027, 9, 1)
    with (
        time_machine.travel(datetime(2027, 3, 15, tzinfo=UTC), tick=False),
        pytest.raises(Refusal, match="s’arrête au 1er"),
    ):
        calendar.check()


def test_days_of_one_kind_never_meet() -> None:
    """Two loads that overlap, of which one is the town's own."""
    with db.transaction() as session:
        session.add(
            CalendarSpan(
                kind=SpanKind.SCHOOL, first=date(2026, 12, 21), last=date(2026, 12, 31), name="Noël"
            )
        )
    load()
    spans = [each for each in calendar.listed(YEAR) if each.kind is SpanKind.SCHOOL]
    assert all(one.last < other.first for one, other in pairwise(spans))


def test_two_clerks_who_load_at_once_add_it_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks at what there is before the other one writes, if that can be."""
    meeting, look = threading.Barrier(2), calendar._there

    def looked(*asked: Any) -> Any:
        found = look(*asked)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(1)
        return found

    def clerk(_: int) -> int:
        with app.app_context():
            return load().added

    monkeypatch.setattr(calendar, "_there", looked)
    db.let_go()
    with ThreadPoolExecutor(2) as clerks:
        added = list(clerks.map(clerk, range(2)))
    lines = db.session().scalars(select(CalendarSpan.name)).all()
    assert sorted(added) == [0, len(lines)]
