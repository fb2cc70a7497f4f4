"""Several processes share the jobs, and one of them dies: nothing is done twice, nothing lost."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

import config
from app import create_app, db
from app.models import JobState, JournalEntry
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.jobs.queue import CUT_SHORT, LEASE, MOST_TRIES, ClaimedJob, LeaseLost
from app.services.jobs.running import Task
from tests.services.conftest import NOON
from tests.support.job_room import Scripted, ask, hire, rows, run, states
from tests.support.mail_room import in_parallel


def claim() -> ClaimedJob:
    """Take a job, as a process that will die or fall asleep."""
    job = queue.claim()
    assert job is not None
    return job


def test_a_killed_worker_is_replaced(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """It dies with a job in its hands: nobody touches the job for ten minutes, then it is done."""
    ask()
    claim()
    assert states() == [JobState.RUNNING]
    clock.shift(LEASE - timedelta(seconds=1))
    assert run(app) == {}
    clock.shift(1)
    assert run(app) == {JobState.DONE: 1}
    assert rows()[0].attempts == 2


@pytest.mark.parametrize(
    "late_word",
    [queue.finish, queue.release, lambda job: queue.postpone(job, "Trop tard")],
    ids=["done", "let go", "failed"],
)
def test_who_lost_the_lease_has_no_say(
    handler: Scripted, clock: time_machine.Traveller, late_word: Callable[[ClaimedJob], object]
) -> None:
    """A worker was asleep with a job; whatever it says, another has the job now."""
    ask()
    late = claim()
    clock.shift(LEASE)
    other = claim()
    late_word(late)
    (row,) = rows()
    assert (row.state, row.attempts, row.last_error) == (JobState.RUNNING, 2, "")
    assert row.due_at == other.lease_ends
    assert handler.done == []


@pytest.mark.usefixtures("handler")
def test_who_lost_the_lease_for_good_fails_nothing(clock: time_machine.Traveller) -> None:
    """It was its last try, and another did the job meanwhile: nothing was given up."""
    ask()
    late = claim()
    late.attempts = MOST_TRIES
    clock.shift(LEASE)
    queue.finish(claim())
    queue.postpone(late, "Trop tard")
    assert states() == [JobState.DONE]
    assert db.session().scalars(select(JournalEntry)).all() == []


def test_who_lost_the_lease_learns_it_at_its_next_step(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """It stops there, and the other goes on."""
    told = []

    def sleep(task: Task) -> None:
        clock.shift(LEASE)
        claim()
        try:
            task.report(1, 2)
        except LeaseLost:
            told.append("stop")
            raise

    handler.acts = [sleep]
    ask()
    run(app)
    assert (told, states(), rows()[0].attempts) == (["stop"], [JobState.RUNNING], 2)


def test_a_job_that_kills_its_workers_is_given_up(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """Each try ends with its process, the last too: nobody takes it again."""
    ask()
    for _ in range(MOST_TRIES):
        claim()
        clock.shift(LEASE)
    ask("after")
    assert run(app) == {JobState.DONE: 1}
    killer, after = rows()
    assert (killer.state, killer.attempts) == (JobState.FAILED, MOST_TRIES)
    assert (killer.last_error, killer.settled_at) == (CUT_SHORT, NOON + MOST_TRIES * LEASE)
    assert after.state is JobState.DONE


def test_two_workers_never_do_one_job_at_once(
    app: Flask, settings: config.Settings, handler: Scripted
) -> None:
    """Four have a job in hand at the same moment, then empty the queue: each job is done once."""
    names = [str(number) for number in range(40)]
    with db.transaction() as session:
        for name in names:
            queue.enqueue(session, JobKind.PURGE, {"name": name})
    workers = threading.local()
    everybody = threading.Barrier(4)

    def meet_first(task: Task) -> None:
        if not hasattr(workers, "met"):
            workers.met = everybody.wait(10)
        handler(task)

    other = create_app(settings)
    for each in (app, other):
        hire(each, meet_first)
    in_parallel(*(lambda a=a: run(a) for a in (app, other, app, other)))
    other.extensions[db.EXTENSION].dispose()
    assert Counter(handler.names) == dict.fromkeys(names, 1)
    assert set(states()) == {JobState.DONE}
    assert {row.attempts for row in rows()} == {1}
