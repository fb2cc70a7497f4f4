"""What may be done to a day is the same on every door, in any town.

The page of the week and of absences, the check and what is saved, the typical week, `flask services
essayer`, `reservation.csv` and the calendar of a telephone: what each says is what the judge says.
So is what the town hall says to one who telephones, or who asks for a place past the limit: but for
hours and for places.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.formats import town_zone
from app.models import (
    HOLDING,
    Booking,
    BookingState,
    Child,
    Service,
    TypicalDay,
    WeekParity,
)
from app.services.bookings import absences, applying, reading, weeks
from app.services.bookings.judge import spoken
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.links import Links
from app.services.bookings.judge.verdicts import Act, Obstacle
from app.services.bookings.judge.worlds import Cell
from tests.services.bookings.conftest import places
from tests.services.requests.conftest import signed_in
from tests.support import desk_door
from tests.support.booking_doors import ABSENCE, WEEK, Parent, limits_told, rehearsed, tried
from tests.support.desk_door import Desk, open_desk
from tests.support.judged_towns import Example, booked_by, check_saved
from tests.support.page_checks.text import plain
from tests.support.people import People
from tests.support.random_towns import (
    CANTEEN,
    DAYS,
    MIDDAY,
    MONDAY,
    OWN,
    SLUGS,
    Town,
    instants,
    towns,
)  # fmt: skip
from tests.support.settled_towns import settle, write

NOT_THERE = {Obstacle.NOT_SERVED, Obstacle.PUBLIC, Obstacle.SCHOOL, Obstacle.CLOSED}
# Of what nobody has, and could not have, no line of the page is.
NO_LINE = (NOT_THERE - {Obstacle.CLOSED}) | {
    Obstacle.PAST, Obstacle.NOT_BY_DAYS, Obstacle.NOT_ENROLLED, Obstacle.INVOICED,
}  # fmt: skip
LISTS = {
    BookingState.BOOKED: "À réserver",
    BookingState.CANCELLED: "À annuler",
    BookingState.WAITING: "Sur la liste d’attente",
    None: "Impossible",
}
cells = st.tuples(st.sampled_from(OWN), st.sampled_from(SLUGS), st.sampled_from(DAYS))


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.soak)])
def test_every_door_says_the_same(
    app: Flask, people: People, tmp_path: Path, examples: int
) -> None:
    with app.app_context():
        settle(people)
    open_desk(app)

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(towns, cells, instants, st.sampled_from(sorted(SENDINGS)))
    def in_any_town(town: Town, asked: tuple[str, str, date], now: datetime, how: str) -> None:
        with app.app_context():
            write(people, town)
        with time_machine.travel(now, tick=False):
            parent = Parent(app, people.ines)
            with app.app_context():
                family_id = signed_in(people.ines).family_id
                known = reading.known(family_id, *weeks.both_ends(MONDAY))
                cell = _cell(asked)
            example = Example(app, people, known, now, parent)
            desk = Desk(app, family_id)
            _read_week(example)
            _read_absences(example)
            desk_door.read_week(example, desk)
            desk_door.read_late_places(example)
            _try(example, cell)
            _read_calendar(example)
            if known.may_have_box(cell):
                _say_typical(example, cell)
            _rehearse(example, tmp_path, asked, cell)
            if not known.may_have_box(cell):
                return
            SENDINGS[how](example, desk, cell)
            _check_what_stands(example)

    in_any_town()


def _cell(asked: tuple[str, str, date]) -> Cell:
    session = db.session()
    child, slug, day = asked
    return Cell(
        session.scalars(select(Child.id).where(Child.source_id == child)).one(),
        session.scalars(select(Service.id).where(Service.slug == slug)).one(),
        day,
    )


def _read_week(example: Example) -> None:
    """A box where something may be done; elsewhere why not, in the words of the judge."""
    known = example.known
    for cell in example.cells():
        judged, line = example.judged(cell), example.parent.week.get(example.where(cell))
        if line is None:
            is_elsewhere = (cell.child, cell.day) in known.world.days_elsewhere
            assert is_elsewhere or judged.verdict.obstacle in NO_LINE
            assert is_elsewhere or not judged.is_live
        elif judged.outcome is None or judged.is_apart:
            assert not line.box, (cell, line, judged)
            said = example.parent.is_told(line, judged.verdict, known.town.services[cell.service])
            assert judged.is_apart or said, (cell, line, judged)
        else:
            assert (line.box, line.ticked) == (judged.box, judged.is_live), (cell, line, judged)


def _read_absences(example: Example) -> None:
    known = example.known
    for cell in example.cells():
        line = example.parent.absences.get(example.where(cell))
        is_booked = known.world.state(cell) is BookingState.BOOKED
        if line is not None and line.box:
            assert is_booked
        if is_booked and example.today <= cell.day <= example.today + absences.AHEAD:
            missed = example.missed(cell)
            assert bool(line and line.box) is (missed is not None), (cell, line, missed)


def _try(example: Example, cell: Cell) -> None:
    """The command speaks of the service alone."""
    service = example.known.town.services[cell.service]
    said = tried(example.app, service.slug, cell.day)
    verdict = judge(Act.BOOK, cell, replace(example.alone(cell), links=Links()), example.now)
    assert (": ouvert." in said) is (verdict.obstacle not in NOT_THERE), (said, verdict)
    if verdict.obstacle is Obstacle.NOT_BY_DAYS:
        assert "Réserver : jamais" in said
    with example.app.app_context():
        rule = db.session().get_one(Service, cell.service).book_rule
    if verdict.limit and rule:
        until = plain(spoken.whole_limit(verdict.limit, town_zone()))
        assert f"Réserver : jusqu’au {until}" in said


def _read_calendar(example: Example) -> None:
    """The days that one has, and the first limit of each service that is still to come."""
    known, events = example.known, example.parent.calendar()
    until = [each for each in events if each["SUMMARY"].startswith("À réserver avant")]
    coming: dict[tuple[str, date], list[str]] = {}
    for cell in sorted(known.world.held, key=known.order):
        if known.holds(cell) and known.world.state(cell) is not BookingState.ABSENT:
            child, _, service = example.where(cell)
            coming.setdefault((child, cell.day), []).append(service)
    told = {
        each["SUMMARY"]
        for each in events
        if each not in until and each.get("STATUS") == "CONFIRMED"
    }
    assert told == {f"{child} : {', '.join(names)}" for (child, _), names in coming.items()}
    for (child_id, service_id), enrolled in known.world.enrolments.items():
        goes_on = any(each.last is None or each.last >= example.today for each in enrolled)
        limits = example.limits(child_id, service_id)
        if goes_on and limits is not None:
            first = [f"{_last_minute(each):%Y%m%dT%H%M%S}" for each in sorted(limits)[:1]]
            name = known.town.services[service_id].name
            assert limits_told(until, "semaine du 30 novembre", name) == first


def _last_minute(limit: datetime) -> datetime:
    return (limit - timedelta(minutes=1)).astimezone(town_zone())


def _say_typical(example: Example, cell: Cell) -> None:
    """A typical week asks for the same as a box, of what nobody ever had."""
    known = example.known
    if cell in known.booked or cell.day < example.today:
        return
    with example.app.app_context():
        with db.transaction() as session:
            session.add(
                TypicalDay(
                    family_id=known.family_id, child_id=cell.child, parity=WeekParity.ALL,
                    weekday=cell.day.weekday(), service_id=cell.service,
                )
            )  # fmt: skip
        decided = applying.plan(known.family_id, cell.day, cell.day, example.now).decided
    verdict = judge(Act.BOOK, cell, known.world, example.now)
    is_ours = (cell.child, cell.day) not in known.world.days_elsewhere and any(
        each.covers(cell.day) for each in known.world.enrolments[cell.child, cell.service]
    )
    if decided:
        [found] = decided
        assert (found.sentence, found.state) == (verdict.sentence, booked_by(verdict))
    else:
        assert not is_ours or verdict.obstacle in NO_LINE, verdict


def _rehearse(example: Example, folder: Path, asked: tuple[str, str, date], cell: Cell) -> None:
    """What the town's software says is so, but where nobody could come."""
    known = example.known
    if cell in known.booked or cell.day < example.today:
        return
    child, slug, day = asked
    with example.app.app_context():
        source = db.session().get_one(Service, cell.service).source_id
        done = rehearsed(folder, example.people.ines.family_number, child, source, day)
    verdict = judge(Act.BOOK, cell, known.world, example.now)
    is_left = verdict.obstacle in NOT_THERE | {Obstacle.INVOICED}
    assert bool(done.left) is is_left, (slug, done.left, verdict)


def _send(example: Example, _: Desk, cell: Cell) -> None:
    """Checked, then saved: whatever the page had, as if it had a box."""
    judged = example.judged(cell)
    summary = example.parent.check(WEEK, judged.box, ticked=not judged.is_live)
    if judged.is_apart and judged.is_live:
        assert "rien changé" in summary.errors
        return
    title = LISTS[judged.outcome]
    if judged.sent.late:
        title = "À réserver hors délai"
    assert title in summary.lists, (summary, judged)
    if judged.outcome is None:
        assert plain(judged.sent.sentence) in summary.lists[title]
    example.parent.save(WEEK, summary.kept)
    check_saved(example, cell, judged.outcome, judged.sent.sentence)


def _send_absence(example: Example, _: Desk, cell: Cell) -> None:
    known = example.known
    is_shown = example.today <= cell.day <= example.today + absences.AHEAD
    if known.world.state(cell) is not BookingState.BOOKED or not is_shown:
        return
    missed = example.missed(cell)
    box = example.judged(cell).box
    summary = example.parent.check(ABSENCE, box, ticked=True)
    example.parent.save(ABSENCE, summary.kept)
    check_saved(example, cell, missed, None)


def _telephone(example: Example, desk: Desk, cell: Cell) -> None:
    check_saved(example, cell, *desk_door.telephone(example, desk, cell))


def _ask_for_a_place(example: Example, desk: Desk, cell: Cell) -> None:
    if desk_door.asked_for(example, desk, cell):
        check_saved(example, cell, BookingState.BOOKED, None)


SENDINGS = {
    "saves": _send,
    "is absent": _send_absence,
    "telephones": _telephone,
    "asks": _ask_for_a_place,
}


def _check_what_stands(example: Example) -> None:
    """A true count; and no meal without its midday hour."""
    with example.app.app_context():
        places()
        rows = db.session().execute(
            select(Booking.child_id, Booking.day, Service.slug, Booking.state)
            .join(Service, Service.id == Booking.service_id)
            .where(Booking.state.in_(HOLDING))
        )
        there = {(child, day, slug) for child, day, slug, _ in rows}
    meals = {(child, day) for child, day, slug in there if slug == CANTEEN}
    assert meals <= {(child, day) for child, day, slug in there if slug == MIDDAY}
