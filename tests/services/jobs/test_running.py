"""A job is due: it is done, tried again, or given up; its state says which."""

import contextlib
import logging
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Family, Job, JobState, JournalEntry
from app.services.jobs import queue, running
from app.services.jobs.kinds import IN_FRENCH, STATES, JobKind
from app.services.jobs.queue import MOST_TRIES
from app.services.jobs.running import Task
from tests.services.conftest import NOON
from tests.support.job_room import Scripted, ask, rows, run, states, workshop_of


def journal() -> list[tuple[str, dict[str, str]]]:
    """Read the journal's events and their details."""
    entries = db.session().scalars(select(JournalEntry)).all()
    return [(entry.event, entry.details) for entry in entries]


def test_a_job_is_done_once(app: Flask, handler: Scripted, clock: time_machine.Traveller) -> None:
    """It waits until somebody makes a pass; the next pass finds nothing."""
    ask("tidy")
    assert (states(), handler.done) == ([JobState.QUEUED], [])
    clock.shift(5)
    assert run(app) == {JobState.DONE: 1}
    assert run(app) == {}
    (row,) = rows()
    assert (row.state, row.attempts, row.last_error) == (JobState.DONE, 1, "")
    assert row.settled_at == NOON + timedelta(seconds=5)
    assert handler.done == [{"name": "tidy"}]


def test_what_has_been_due_longest_comes_first(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """And what is due later waits for its time."""
    for name in ("last", "first", "tomorrow"):
        ask(name)
    last, first, tomorrow = rows()
    with db.transaction() as session:
        for row, minutes in ((last, -1), (first, -2), (tomorrow, 24 * 60)):
            due_at = NOON + timedelta(minutes=minutes)
            session.execute(update(Job).where(Job.id == row.id).values(due_at=due_at))
    run(app)
    assert handler.names == ["first", "last"]
    clock.shift(timedelta(days=1))
    run(app)
    assert handler.names == ["first", "last", "tomorrow"]


def test_a_handler_that_fails_is_tried_again_ever_later(
    app: Flask, handler: Scripted, clock: time_machine.Traveller
) -> None:
    """Twice the disk is full; the third try does it, and the error is forgotten."""
    handler.fails(OSError("No space left"), OSError("No space left"))
    ask()
    assert run(app) == {JobState.QUEUED: 1}
    (row,) = rows()
    assert (row.attempts, row.last_error) == (1, "Erreur du portail (OSError)")
    assert row.due_at == NOON + timedelta(seconds=30)
    clock.shift(29)
    assert run(app) == {}
    clock.shift(1)
    run(app)
    assert rows()[0].due_at == NOON + timedelta(seconds=30 + 60)
    clock.shift(60)
    assert run(app) == {JobState.DONE: 1}
    assert (rows()[0].attempts, rows()[0].last_error) == (3, "")


def test_giving_up_is_told(
    app: Flask,
    handler: Scripted,
    clock: time_machine.Traveller,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bug stays: ten tries in some three hours, then operators and the journal read of it."""
    handler.fails(*[RuntimeError()] * 50)
    ask()
    while states() == [JobState.QUEUED]:
        clock.move_to(rows()[0].due_at)
        last = run(app)
    (row,) = rows()
    assert last == {JobState.FAILED: 1}
    assert (row.state, row.attempts) == (JobState.FAILED, MOST_TRIES)
    assert row.last_error == "Erreur du portail (RuntimeError)"
    assert row.settled_at is not None
    assert timedelta(hours=2) < row.settled_at - NOON < timedelta(hours=4)
    assert journal() == [("job_failed", {"job": str(row.id), "kind": "purge"})]
    errors = {each.getMessage() for each in caplog.records if each.levelno == logging.ERROR}
    assert errors == {"jobs.bug", "jobs.failed"}
    clock.shift(timedelta(days=2))
    assert run(app) == {}


def test_a_bug_is_logged_by_where_it_is_not_by_what_it_says(
    app: Flask, handler: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    """Its message may quote what somebody typed; the other jobs are done all the same."""
    secret = "2dd150fa6be4410f966601e379bf8d79"
    handler.fails(RuntimeError(secret))
    ask("broken")
    ask("sound")
    assert run(app) == {JobState.QUEUED: 1, JobState.DONE: 1}
    (record,) = (each for each in caplog.records if each.levelno == logging.ERROR)
    assert (record.getMessage(), vars(record)["type"]) == ("jobs.bug", "RuntimeError")
    assert "job_room.py" in vars(record)["where"]
    assert secret not in repr(vars(record)) + rows()[0].last_error


def test_half_a_job_leaves_nothing(app: Flask, handler: Scripted) -> None:
    """It fails inside its transaction: what it wrote is undone, that it failed is kept."""

    def stumble(_task: Task) -> None:
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
            session.flush()
            raise RuntimeError

    handler.acts = [stumble]
    ask()
    run(app)
    assert states() == [JobState.QUEUED]
    assert db.session().scalars(select(Family)).all() == []


def test_each_job_has_a_session_of_its_own(app: Flask, handler: Scripted) -> None:
    """What one has read, the next does not take for the truth."""
    sessions = [db.session()]
    handler.acts = [lambda _task: sessions.append(db.session())] * 2
    ask()
    ask()
    run(app)
    assert len({id(session) for session in sessions}) == 3


def test_a_job_may_ask_for_another(app: Flask, handler: Scripted) -> None:
    """The same pass does both."""
    handler.acts = [lambda _task: ask("child")]
    ask("parent")
    assert run(app) == {JobState.DONE: 2}
    assert handler.names == ["parent", "child"]


def test_inline_a_job_is_done_with_the_commit(app: Flask, handler: Scripted) -> None:
    """Tests need not wait, for what the job asks for neither."""
    workshop_of(app).mode = "inline"
    handler.acts = [lambda _task: ask("child")]
    ask("parent")
    assert states() == [JobState.DONE, JobState.DONE]
    assert sorted(handler.names) == ["child", "parent"]


def test_what_is_not_committed_is_not_done(app: Flask, handler: Scripted) -> None:
    """The act fails after it asked for the job."""
    workshop_of(app).mode = "inline"
    with contextlib.suppress(RuntimeError), db.transaction() as session:
        queue.enqueue(session, JobKind.PURGE, {"name": "never"})
        raise RuntimeError
    ask("other")
    assert handler.names == ["other"]
    assert len(rows()) == 1


def test_a_failing_pass_does_not_fail_the_act(
    app: Flask,
    handler: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The queue stumbles: who asked sees nothing of it."""
    workshop_of(app).mode = "inline"

    def stumble() -> bool:
        raise RuntimeError

    monkeypatch.setattr(queue, "waiting", stumble)
    ask()
    assert (states(), handler.done) == ([JobState.QUEUED], [])
    assert [each.getMessage() for each in caplog.records] == ["jobs.bug"]


@pytest.mark.usefixtures("handler")
def test_a_kind_that_nobody_does_is_refused_at_once() -> None:
    """A slip in the code is seen by who makes it, not by the night."""
    with pytest.raises(ValueError, match="nothing"), db.transaction() as session:
        queue.enqueue(session, "nothing")  # type: ignore[arg-type]
    assert rows() == []


def test_each_kind_has_who_does_it(app_without_database: Flask) -> None:
    """Or the portal does not start."""
    with pytest.raises(
        ValueError,
        match="nobody does clerk_morning, clerk_news, closing, erasure, groups, import",
    ):
        running.init_app(app_without_database, "inline", {})


def test_each_kind_and_state_has_its_words() -> None:
    """Operators read French."""
    assert set(IN_FRENCH) == {*JobKind}
    assert set(STATES) == {*JobState}


def test_a_kind_of_a_later_version_is_left_alone(app: Flask, handler: Scripted) -> None:
    """Two versions run side by side for a minute: the older keeps its hands off."""
    ask("ours")
    with db.transaction() as session:
        later = Job(kind="later", created_at=NOON, due_at=NOON)
        session.add(later)
    assert run(app) == {JobState.DONE: 1}
    assert handler.names == ["ours"]
    assert states() == [JobState.DONE, JobState.QUEUED]
