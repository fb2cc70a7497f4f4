"""What Prometheus reads: whatever process counted it, and nothing of anybody."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from app import db
from app.models import Job, JobState, MailState, OutboxMail
from app.services.jobs.kinds import JobKind
from app.services.mail.kinds import MailKind
from app.web import metrics
from tests.monitoring.conftest import TOKEN, Watched
from tests.support.people import Person
from tests.support.serving import ROOT
from tests.support.waiting import succeeds, wait_for

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(portal: Watched, identifier: str, password: str) -> int:
    """Type this into the form of the sign-in page."""
    page = portal.ask("/connexion")
    token = CSRF.search(page.text)
    assert token
    form = {"identifier": identifier, "password": password, "csrf_token": token[1]}
    return portal.ask("/connexion", "POST", form, Cookie=page.cookie).status


@pytest.mark.parametrize("given", ["", "Bearer x", TOKEN])
def test_whoever_has_no_token_reads_nothing(watched: Watched, given: str) -> None:
    answer = watched.ask("/metrics", Authorization=given)
    assert (answer.status, answer.text) == (401, "Jeton attendu.\n")


def test_without_the_setting_there_are_none(app_without_database: Flask) -> None:
    """Nobody finds out that there might be: the address is as any other that leads nowhere."""
    answer = app_without_database.test_client().get("/metrics")
    assert answer.status_code == 404


def test_answers_are_counted_by_page_and_status(watched: Watched) -> None:
    """Every worker adds its own; what leads nowhere is one series, whatever was typed."""
    for number in range(12):
        assert watched.ask("/plan-du-site").status == 200
        assert watched.ask(f"/nulle-part-{number}").status == 404
    name = "portail_requests_total"
    assert watched.value(name, endpoint="site.site_map", status="200") == 12
    assert watched.value(name, endpoint="none", status="404") == 12
    assert watched.value("portail_request_seconds_count", endpoint="site.site_map") == 12
    assert watched.value("portail_request_seconds_sum", endpoint="site.site_map") > 0
    # A request for a name that is not ours has no page either.
    assert watched.ask("/connexion", Host="ailleurs.fr").status == 400
    assert watched.value(name, status="400") == 1
    assert {s.labels["town"] for s in watched.samples() if "town" in s.labels} == {"localhost"}


def test_acts_are_counted_where_they_happen(watched: Watched) -> None:
    """In the web, those the journal counts on one line included; in a command that ended since."""
    zest = watched.people.zest
    assert zest.password
    before = _acts(watched)
    for _ in range(8):
        sign_in(watched, "99999999", "Faux12345")
    sign_in(watched, zest.identifier, zest.password)
    watched.flask("credentials", "send", zest.identifier)
    counted = _acts(watched) - before
    assert counted["sign_in_failed"] == 5
    assert counted["sign_in_throttled"] == 3
    assert counted["signed_in"] == 1
    assert counted["credentials_queued"] == 1


def _acts(watched: Watched) -> Counter[str]:
    told = (each for each in watched.samples() if each.name == "portail_acts_total")
    return Counter({each.labels["act"]: int(each.value) for each in told})


def test_what_an_ended_process_counted_stays(watched: Watched) -> None:
    """A worker is killed: nothing is lost, nothing is counted twice, and its files are gone."""
    watched.ask("/accessibilite")
    before = watched.value("portail_requests_total", endpoint="site.accessibility")
    killed = watched.workers()
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not killed & watched.workers(), "they are still there")
    wait_for(partial(succeeds, partial(watched.ask, "/accessibilite"), OSError), "nobody answers")
    for _ in range(2):
        count = watched.value("portail_requests_total", endpoint="site.accessibility")
        assert count == before + 1
    left = {path.name for path in watched.counted_in.glob("counter_*.db")}
    assert "counter_ended.db" in left
    assert not left & {f"counter_{worker}.db" for worker in killed}


def test_queues_are_told_by_state_and_age(watched: Watched) -> None:
    """A mail waits since an hour, another left; a job is ten minutes late."""
    with watched.app.app_context(), db.transaction() as session:
        session.add_all(
            [
                _mail(MailState.QUEUED, timedelta(hours=1)),
                _mail(MailState.SENT, timedelta(hours=2)),
                _job(JobState.QUEUED, timedelta(minutes=10)),
                _job(JobState.FAILED, timedelta(days=1)),
            ]
        )
    assert watched.value("portail_database_up") == 1
    assert watched.value("portail_mails", state="queued") == 1
    assert watched.value("portail_mails", state="abandoned") == 0
    assert 3600 <= watched.value("portail_mail_wait_seconds") < 3700
    assert watched.value("portail_jobs", state="failed") == 1
    assert 600 <= watched.value("portail_job_delay_seconds") < 700


def _mail(state: MailState, age: timedelta) -> OutboxMail:
    then = datetime.now(UTC) - age
    return OutboxMail(
        kind=MailKind.CREDENTIALS, identifier="1", created_at=then, due_at=then, state=state
    )


def _job(state: JobState, age: timedelta) -> Job:
    then = datetime.now(UTC) - age
    return Job(kind=JobKind.PURGE, created_at=then, due_at=then, state=state)


def test_nothing_of_anybody_is_told(watched: Watched) -> None:
    """Neither who signed in, nor what was typed, nor from where."""
    for person in watched.people:
        sign_in(watched, person.identifier, "Faux12345")
    told = watched.exposition()
    for person in watched.people:
        assert not [word for word in _words(person) if _stands_in(told, word)]
    assert "127.0.0.1" not in told
    assert TOKEN not in told


def _words(person: Person) -> list[str]:
    named = (person.identifier, person.last_name, person.email, person.family_number)
    return [word for word in named if len(word) > 3]


def _stands_in(told: str, word: str) -> bool:
    """Look for it whole: what an hour of seconds sums up to may hold any six figures."""
    return re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", told) is not None


def test_a_database_that_is_away_is_told(watched: Watched) -> None:
    """What processes counted is still given."""
    watched.ask("/connexion")
    with _renamed(watched.app, "outbox_mail", "gone"):
        assert watched.value("portail_database_up") == 0
        assert watched.value("portail_requests_total") > 0
        assert not [sample for sample in watched.samples() if sample.name == "portail_mails"]


@contextmanager
def _renamed(app: Flask, table: str, name: str) -> Iterator[None]:
    rename = "ALTER TABLE {} RENAME TO {}"
    with app.app_context():
        with db.engine().begin() as connection:
            connection.exec_driver_sql(rename.format(table, name))
        try:
            yield
        finally:
            with db.engine().begin() as connection:
                connection.exec_driver_sql(rename.format(name, table))


TWO_TOWNS = """
import sys
from pathlib import Path
import config
from app import create_app

def town(name):
    return create_app(config.Test(
        instance=Path(sys.argv[1]), public_url=f"https://{name}.fr", metrics_token=sys.argv[2]))

def ask(app, path):
    authorization = {"Authorization": f"Bearer {sys.argv[2]}"}
    host = f"https://{app.extensions['portail.settings'].public_host}"
    return app.test_client().get(path, base_url=host, headers=authorization).text

first, second = town("premiere"), town("seconde")
ask(first, "/plan-du-site")
print(ask(second, "/metrics"))
"""


def test_towns_that_share_a_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    """Each reads its own: how many come elsewhere is not its business."""
    told = subprocess.run(
        [sys.executable, "-c", TWO_TOWNS, str(tmp_path), TOKEN],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert 'portail_database_up{town="seconde.fr"} 0.0' in told
    assert "premiere" not in told


def test_what_containers_of_before_counted_goes(tmp_path: Path) -> None:
    """Each has a name of its own; one that still counts, beside it, keeps what it has."""
    for name in ("gone", "beside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "counter_7.db").touch()
    long_ago = time.time() - metrics.GONE_AFTER.total_seconds() - 1
    os.utime(tmp_path / "gone" / "counter_7.db", (long_ago, long_ago))
    os.utime(tmp_path / "gone", (long_ago, long_ago))
    os.utime(tmp_path / "beside", (long_ago, long_ago))
    metrics.forget_the_gone(tmp_path / "own")
    assert [each.name for each in tmp_path.iterdir()] == ["beside"]
