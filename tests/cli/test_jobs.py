"""Operators look after the jobs from a terminal."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Job, JobState
from app.services.jobs.queue import MOST_TRIES
from app.services.jobs.running import Task
from tests.support.job_room import Scripted, ask, hire, rows, states, workshop_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def handler(app: Flask) -> Iterator[Scripted]:
    """Who does every job; two of them wait."""
    workshop_of(app).mode = "worker"
    scripted = Scripted()
    hire(app, scripted)
    with app.app_context():
        for name in ("one", "two"):
            ask(name)
        yield scripted


def launch(app: Flask, *arguments: str) -> Result:
    """Run `flask jobs` with these words."""
    return app.test_cli_runner().invoke(args=["jobs", *arguments])


def test_run_does_what_is_due(app: Flask, handler: Scripted) -> None:
    """Everything is done, and the status says so; the next run has nothing to do."""
    result = launch(app, "run")
    assert (result.exit_code, result.output) == (0, "2\u00a0travaux faits.\n")
    assert handler.names == ["one", "two"]
    assert launch(app, "run").output == "0\u00a0travail fait.\n"


def test_run_says_what_failed(app: Flask, handler: Scripted) -> None:
    """One to try again, one given up: told, with a status that is not zero."""
    second = rows()[1].id
    with db.transaction() as session:
        last_try = update(Job).where(Job.id == second).values(attempts=MOST_TRIES - 1)
        session.execute(last_try)
    handler.fails(RuntimeError(), RuntimeError())
    result = launch(app, "run")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "0\u00a0travail fait.",
        "1\u00a0travail à réessayer plus tard.",
        "1\u00a0travail abandonné.",
        "Le détail\u00a0: flask jobs list --unfinished",
    ]
    assert states() == [JobState.QUEUED, JobState.FAILED]


def test_a_failure_alone_is_not_a_success(app: Flask, handler: Scripted) -> None:
    """One is done, the other waits for its next try: cron sees it."""
    handler.fails(RuntimeError())
    result = launch(app, "run")
    assert result.exit_code == 1
    assert "1\u00a0travail fait." in result.output


def test_the_list_says_what_and_how_far(app: Flask, handler: Scripted) -> None:
    """One line a job, the newest first; while it goes on, how far it is."""
    seen = []

    def work(task: Task) -> None:
        task.report(40, 120)
        seen.append(launch(app, "list").output)
        raise RuntimeError

    handler.acts = [work]
    launch(app, "run")
    heading, waiting, running = seen[0].splitlines()
    assert heading.split() == [
        "N°", "Travail", "État", "Essais", "Avancement", "Quand", "Dernière", "erreur",
    ]  # fmt: skip
    assert "ménage de la nuit  en attente" in waiting
    assert "ménage de la nuit  en cours" in running
    assert running.endswith("40 sur 120")
    _heading, done, failed = launch(app, "list").output.splitlines()
    assert "fait" in done
    assert "en attente, nouvel essai" in failed
    assert failed.endswith("Erreur du portail (RuntimeError)")


def test_the_list_may_leave_out_what_is_done(app: Flask, handler: Scripted) -> None:
    """Operators look for trouble; and for the latest of it."""
    handler.fails(RuntimeError())
    launch(app, "run")
    assert len(launch(app, "list").output.splitlines()) == 3
    _heading, line = launch(app, "list", "--unfinished").output.splitlines()
    assert "nouvel essai" in line
    _heading, line = launch(app, "list", "--limit", "1").output.splitlines()
    assert "fait" in line


def test_an_empty_list_says_so(app: Flask) -> None:
    """Nothing was ever asked for."""
    assert launch(app, "list").output == "Aucun travail.\n"


def test_the_help_is_in_french(app_without_database: Flask) -> None:
    """Of the group, and of each of its commands."""
    told = launch(app_without_database, "--help").output
    assert "Fait les travaux de fond, et dit ce qu’ils deviennent." in told
    assert "Montre les travaux de fond" in launch(app_without_database, "list", "--help").output
    assert "Fait les travaux qui sont" in launch(app_without_database, "run", "--help").output
