"""A long job says how far it is, keeps its lease, and lets itself be interrupted."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

import config
from app import create_app, db
from app.models import Family, JobState
from app.services.jobs.queue import LEASE
from app.services.jobs.running import Task
from tests.support.job_room import Scripted, ask, hire, rows, run, states, workshop_of


def test_a_long_job_says_how_far_it_is(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """A bar on a screen moves, at most once a second; the last step is always told."""
    seen = []

    def work(task: Task) -> None:
        for step in range(1, 9):
            clock.shift(0.4)
            task.report(step, 8)
            seen.append((rows()[0].done, rows()[0].total))

    handler.acts = [work]
    ask()
    run(app)
    assert seen == [(1, 8)] * 3 + [(4, 8)] * 3 + [(7, 8), (8, 8)]
    assert (rows()[0].state, rows()[0].done) == (JobState.DONE, 8)


def test_a_new_try_begins_at_the_beginning(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """The bar does not stay where the first try failed."""

    def fail_half_way(task: Task) -> None:
        task.report(5, 10)
        raise RuntimeError

    handler.acts = [fail_half_way, lambda _task: seen.append(rows()[0].done)]
    seen: list[int] = []
    ask()
    run(app)
    assert rows()[0].done == 5
    clock.shift(30)
    run(app)
    assert seen == [0]


def test_a_step_that_cannot_be_told_breaks_nothing(app: Flask, handler: Scripted) -> None:
    """SQLite has one writer: a handler that reports inside its transaction is not told off."""

    def work(task: Task) -> None:
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
            session.flush()
            task.report(1, 2)

    handler.acts = [work]
    ask()
    assert run(app) == {JobState.DONE: 1}
    assert db.session().scalars(select(Family.number)).all() == ["1"]


def test_a_long_job_keeps_its_lease_while_it_reports(
    app: Flask, settings: config.Settings, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """An import takes half an hour: nobody begins it a second time meanwhile."""
    other, elsewhere = create_app(settings), Scripted()
    hire(other, elsewhere)

    def work(task: Task) -> None:
        for step in range(6):
            clock.shift(LEASE / 2)
            task.report(step, 6)
            run(other)

    handler.acts = [work]
    ask()
    assert run(app) == {JobState.DONE: 1}
    assert (states(), rows()[0].attempts) == ([JobState.DONE], 1)
    assert elsewhere.done == []
    other.extensions[db.EXTENSION].dispose()


def test_stopping_gives_a_long_job_back(app: Flask, handler: Scripted) -> None:
    """The portal is restarted: the job stops at its next step and has lost no try."""

    def work(task: Task) -> None:
        workshop_of(app).stop()
        task.report(1, 2)

    handler.acts = [work]
    ask("long")
    ask("not begun")
    assert run(app) == {}
    first, second = rows()
    assert (first.state, first.attempts) == (JobState.QUEUED, 0)
    assert first.due_at == first.created_at
    assert (second.state, second.attempts) == (JobState.QUEUED, 0)
    assert handler.done == []


def test_an_operator_s_interruption_gives_the_job_back(app: Flask, handler: Scripted) -> None:
    """Ctrl+C in `flask jobs run`: the next run need not wait ten minutes for it."""
    handler.fails(KeyboardInterrupt())
    ask()
    with pytest.raises(KeyboardInterrupt):
        run(app)
    assert (states(), rows()[0].attempts) == ([JobState.QUEUED], 0)
