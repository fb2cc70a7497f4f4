"""The town has no cron: the portal is clean all the same."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

import config
from app import create_app, db
from app.formats import PARIS
from app.models import Job, JobState, Throttle
from app.services import retention
from app.services.actors import PORTAL
from app.services.jobs import nights
from app.services.jobs.kinds import JobKind
from app.services.jobs.nights import next_night, plan
from tests.services.conftest import NOON
from tests.support.job_room import Scripted, hire, rows, run, states, workshop_of
from tests.support.mail_room import in_parallel


@pytest.fixture(autouse=True)
def one_kind_a_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many kinds there are, one is enough to count nights."""
    assert JobKind.PURGE in nights.NIGHTLY
    monkeypatch.setattr(nights, "NIGHTLY", (JobKind.PURGE,))
    monkeypatch.setattr(nights, "IN_THE_MORNING", ())


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 11, 20, 12, 0, tzinfo=PARIS), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 2, 59, 59, tzinfo=PARIS), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 3, 0, tzinfo=PARIS), date(2026, 11, 22)),
        # In France it is the next day already.
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=PARIS), date(2027, 1, 1)),
    ],
)
def test_the_next_night(now: datetime, night: date) -> None:
    """It is the town's night, whatever the clock of the server says."""
    assert next_night(now) == night


@pytest.mark.parametrize(
    ("zone", "night"),
    [("Pacific/Noumea", date(2026, 11, 22)), ("America/Guadeloupe", date(2026, 11, 21))],
)
def test_the_next_night_is_the_town_s(tmp_path: Path, zone: str, night: date) -> None:
    """Five in the afternoon, UTC: past the night's hour in Nouméa, before it in Guadeloupe."""
    app = create_app(config.Test(instance=tmp_path, timezone=zone))
    with app.app_context():
        assert next_night(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == night


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize(
    ("night", "due_at"),
    [
        (date(2026, 11, 21), datetime(2026, 11, 21, 2, 0, tzinfo=UTC)),
        (date(2026, 7, 14), datetime(2026, 7, 14, 1, 0, tzinfo=UTC)),
        # The nights that have one hour more, and one less.
        (date(2026, 10, 25), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_it_is_done_at_three(night: date, due_at: datetime) -> None:
    """Three in the town, in summer and in winter."""
    plan(night)
    assert [(row.kind, row.key, row.due_at) for row in rows()] == [
        ("purge", f"purge {night}", due_at)
    ]


@pytest.mark.usefixtures("handler")
def test_the_morning_is_planned_with_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight in the town, in summer and in winter, and once however often it is planned."""
    monkeypatch.setattr(nights, "IN_THE_MORNING", (JobKind.CLERK_MORNING,))
    for night in (date(2026, 11, 21), date(2026, 11, 21), date(2026, 7, 14)):
        plan(night)
    assert [(row.key, row.due_at) for row in rows() if row.kind == "clerk_morning"] == [
        ("clerk_morning 2026-11-21", datetime(2026, 11, 21, 7, 0, tzinfo=UTC)),
        ("clerk_morning 2026-07-14", datetime(2026, 7, 14, 6, 0, tzinfo=UTC)),
    ]


def test_each_night_is_done_once(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """A week of passes, one an hour: seven nights, seven purges, the next one planned."""
    for _ in range(7 * 24):
        workshop_of(app).make_pass()
        clock.shift(timedelta(hours=1))
    assert len(handler.done) == 7
    assert states() == [JobState.DONE] * 7 + [JobState.QUEUED]
    assert [row.settled_at for row in rows()[:-1]] == [
        NOON + timedelta(hours=15) + timedelta(days=day) for day in range(7)
    ]


def test_a_portal_that_was_off_makes_up_for_one_night(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """Switched on after the holidays: the night that was planned is done at once, then the next."""
    workshop_of(app).make_pass()
    clock.shift(timedelta(days=30))
    workshop_of(app).make_pass()
    assert len(handler.done) == 1
    assert states() == [JobState.DONE, JobState.QUEUED]


def test_two_schedulers_at_once_plan_one_night(
    app: Flask, settings: config.Settings, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """Several processes, on several machines, think of it at the same moment."""
    others = [create_app(settings) for _ in range(3)]
    for other in others:
        workshop_of(other).mode = "thread"
        hire(other, handler)
    in_parallel(*(workshop_of(each).make_pass for each in (app, *others)))
    assert states() == [JobState.QUEUED]
    clock.shift(timedelta(hours=15))
    in_parallel(*(workshop_of(each).make_pass for each in (app, *others)))
    assert states() == [JobState.DONE, JobState.QUEUED]
    assert len(handler.done) == 1
    for other in others:
        other.extensions[db.EXTENSION].dispose()


def test_the_night_is_planned_once_a_process(
    app: Flask, handler: Scripted, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass every three seconds writes nothing: it remembers."""
    planned: list[date] = []
    monkeypatch.setattr(nights, "plan", planned.append)
    for _ in range(3):
        workshop_of(app).make_pass()
    clock.shift(timedelta(hours=16))
    workshop_of(app).make_pass()
    assert planned == [date(2026, 11, 21), date(2026, 11, 22)]
    assert handler.done == []


def test_inline_nothing_comes_by_itself(app: Flask, handler: Scripted) -> None:
    """Tests see what they ask for, and nothing else."""
    workshop_of(app).mode = "inline"
    workshop_of(app).make_pass()
    assert (rows(), handler.done) == ([], [])


def test_the_job_of_the_night_really_purges(app: Flask, clock: time_machine.Traveller) -> None:
    """What has run out is gone in the morning, jobs of the month before included."""
    workshop_of(app).mode = "worker"
    with app.app_context():
        with db.transaction() as session:
            session.add(Throttle(key="old", expires_at=NOON))
            session.add(
                Job(
                    kind=JobKind.PURGE,
                    state=JobState.DONE,
                    created_at=NOON - timedelta(days=40),
                    due_at=NOON - timedelta(days=40),
                    settled_at=NOON - timedelta(days=40),
                )
            )
        workshop_of(app).make_pass()
        clock.shift(timedelta(hours=15))
        assert run(app) == {JobState.DONE: 1}
        assert db.session().get(Throttle, "old") is None
        assert [row.key for row in rows()] == ["purge 2026-11-21"]
        with time_machine.travel(NOON + timedelta(days=1)):
            assert not any(each.count for each in retention.purge(PORTAL))
