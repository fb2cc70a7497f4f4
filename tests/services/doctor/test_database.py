"""Checks of what the database tells: schema, clock, queues, backups, connections, proxies."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app import db
from app.models import Job, JobState, JournalEntry, MailState, OutboxMail
from app.services.actors import Origin
from app.services.backups import making
from app.services.doctor import (
    administrators,
    backups,
    clock,
    connections,
    examining,
    late_jobs,
    schema,
    unannounced_proxy,
    waiting_mails,
)
from app.services.doctor.findings import Check, Finding, Verdict, fine, look
from app.services.jobs.kinds import JobKind
from app.services.mail.kinds import MailKind
from tests.services.doctor.conftest import verdicts
from tests.support.clerks import invited

OK, LOOK, BROKEN = Verdict


def found(app: Flask, check: Check) -> list[Finding]:
    with app.app_context():
        return list(check())


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def add(app: Flask, *rows: db.Base) -> None:
    with app.app_context(), db.transaction() as session:
        session.add_all(rows)


def act(event: str, at: datetime) -> JournalEntry:
    return JournalEntry(at=at, event=event, details={})


def mail(asked_at: datetime, state: MailState = MailState.QUEUED) -> OutboxMail:
    return OutboxMail(
        kind=MailKind.CREDENTIALS, identifier="1", created_at=asked_at, due_at=asked_at, state=state
    )


def job(due_at: datetime, state: JobState, settled_at: datetime | None = None) -> Job:
    return Job(
        kind=JobKind.PURGE, created_at=due_at, due_at=due_at, state=state, settled_at=settled_at
    )


@pytest.mark.parametrize(
    ("revision", "verdict", "told"),
    [
        (None, OK, "schéma à jour"),
        ("0001", BROKEN, "flask db upgrade"),
        ("9999", BROKEN, "plus récente"),
    ],
)
def test_the_schema_is_this_version_s(
    app: Flask, revision: str | None, verdict: Verdict, told: str
) -> None:
    """Older, or newer than the code after a step back: told with what to do."""
    with app.app_context():
        before = db.session().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    try:
        _stamp(app, revision or before)
        [said] = found(app, schema.check)
    finally:
        # The server of PostgreSQL is every test's.
        _stamp(app, before)
    assert said.verdict is verdict
    assert told in f"{said.said} {said.remedy}"


def _stamp(app: Flask, revision: str) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


@pytest.mark.parametrize(("seconds", "verdict"), [(0.5, OK), (-20, LOOK), (90, BROKEN)])
def test_a_clock_that_is_not_the_database_s(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seconds: float, verdict: Verdict
) -> None:
    monkeypatch.setattr(clock, "difference", lambda: timedelta(seconds=seconds))
    assert verdicts(found(app, clock.check)) == [verdict]


def test_a_clock_that_was_put_back(app: Flask) -> None:
    """The journal has an act of tomorrow: waits and links go by a clock that moved."""
    assert verdicts(found(app, clock.check)) == [OK]
    add(app, act("signed_in", ago(days=-1)))
    assert verdicts(found(app, clock.check)) == [BROKEN]


@pytest.mark.parametrize(
    ("ages", "verdict"),
    [((), LOOK), ((10, 60), OK), ((40,), LOOK), ((24 * 8,), BROKEN)],
)
def test_the_last_backup_grows_old(app: Flask, ages: tuple[int, ...], verdict: Verdict) -> None:
    add(app, *(act(making.EVENT, ago(hours=age)) for age in ages))
    assert verdicts(found(app, backups.check)) == [verdict]


@pytest.mark.parametrize(
    ("minutes", "verdict"), [((), OK), ((1,), OK), ((1, 10), LOOK), ((90,), BROKEN)]
)
def test_a_mail_waits(app: Flask, minutes: tuple[int, ...], verdict: Verdict) -> None:
    add(app, mail(ago(hours=3), MailState.SENT), *(mail(ago(minutes=age)) for age in minutes))
    [said] = found(app, waiting_mails.check)
    assert said.verdict is verdict
    assert bool(said.remedy) is (verdict is not OK)


def test_a_job_that_nobody_does(app: Flask) -> None:
    """Tonight's is not late; one due an hour ago is, or left by a process that was killed."""
    add(app, job(ago(hours=-5), JobState.QUEUED), job(ago(hours=9), JobState.DONE))
    assert verdicts(found(app, late_jobs.check)) == [OK]
    add(app, job(ago(hours=1), JobState.QUEUED), job(ago(hours=2), JobState.RUNNING))
    [said] = found(app, late_jobs.check)
    assert said.verdict is BROKEN
    assert said.said.startswith("2\u00a0travaux en retard\u00a0: ménage de la nuit")


def test_a_job_that_was_given_up(app: Flask) -> None:
    """This week's is told; an older one was."""
    add(app, job(ago(days=9), JobState.FAILED, ago(days=8)))
    assert verdicts(found(app, late_jobs.check)) == [OK]
    add(app, job(ago(days=2), JobState.FAILED, ago(days=1)))
    assert verdicts(found(app, late_jobs.check)) == [LOOK]


def test_somebody_may_let_others_in(app: Flask) -> None:
    """Invited is enough."""
    [said] = found(app, administrators.check)
    assert said.verdict is LOOK
    assert "flask staff add" in said.remedy
    invited(app, "camille.martin@commune.fr", "Camille Martin", "administration")
    [said] = found(app, administrators.check)
    assert (said.verdict, said.said) == (OK, "Camille Martin")


def test_a_proxy_that_nobody_announced(app: Flask) -> None:
    """It forwarded visitors today: told until it is counted, or has not been seen for two days."""
    assert verdicts(found(app, unannounced_proxy.check)) == [OK]
    with app.app_context():
        for _ in range(3):
            unannounced_proxy.note(Origin("10.0.0.2", "0123456789abcdef"))
        noted = db.session().query(JournalEntry.address).filter_by(event=unannounced_proxy.EVENT)
        assert noted.all() == [("10.0.0.2",)]
    [said] = found(app, unannounced_proxy.check)
    assert said.verdict is BROKEN
    assert "PORTAIL_PROXIES=1" in said.remedy


def test_connections_are_counted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no bound; PostgreSQL's is far, then too near for four processes."""
    [said] = found(app, connections.check)
    assert said.verdict is OK
    if "SQLite" in said.said:
        return
    monkeypatch.setattr(connections, "PROCESSES", 100)
    assert verdicts(found(app, connections.check)) == [LOOK]
    monkeypatch.setattr(connections, "ALMOST_ALL", 0.0)
    assert verdicts(found(app, connections.check)) == [BROKEN]


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["doctor", *words])
    return result.exit_code, result.stdout


def test_the_doctor_goes_through_every_check(app: Flask) -> None:
    """A sound installation of the tests: what is to be seen to is told, nothing is broken."""
    status, shown = run(app)
    assert status == 0, shown
    assert all(title in shown for title, _ in examining.CHECKS.values())
    assert "→ pour une commune, PORTAIL_ENV=production" in shown
    status, written = run(app, "--json")
    told = json.loads(written)
    assert {each["check"] for each in told} == set(examining.CHECKS)
    assert {each["verdict"] for each in told} <= {"ok", "look"}


def test_a_check_that_fails_keeps_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is broken, without a trace on the screen, and so is the whole; the others go on."""

    def fail() -> list[Finding]:
        raise RuntimeError("Soleil2018")

    checks: dict[str, tuple[str, Check]] = {
        "one": ("Un", fail),
        "two": ("Deux", lambda: [fine("va bien")]),
    }
    monkeypatch.setattr(examining, "CHECKS", checks)
    monkeypatch.setattr("app.cli.doctor.CHECKS", checks)
    status, shown = run(app)
    assert status == 1
    assert [line.split()[0] for line in shown.splitlines()] == ["PANNE", "→", "OK"]
    assert "RuntimeError" in shown
    assert "Soleil2018" not in shown


def test_each_thing_that_a_check_found_has_its_remedy(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it be the same; what a later check would say again is told once."""
    both = [look("pas de SPF", "le DNS"), look("pas de DMARC", "le DNS")]
    checks: dict[str, tuple[str, Check]] = {
        "one": ("Un", lambda: both),
        "two": ("Deux", lambda: [look("pas de clé", "le DNS")]),
    }
    monkeypatch.setattr(examining, "CHECKS", checks)
    with app.app_context():
        found = [finding.remedy for _, finding in examining.examine()]
    assert found == ["le DNS", "le DNS", ""]


def test_a_database_that_is_away_is_what_is_broken(app_without_database: Flask) -> None:
    """Its checks say so, each with the remedy; those of the machine say what they find."""
    status, written = run(app_without_database, "--json")
    told = {each["check"]: each for each in json.loads(written)}
    assert status == 1
    assert [name for name, each in told.items() if each["verdict"] == "broken"] == [
        "schema", "proxy", "clock", "backup", "mails", "jobs", "bookings", "staff",
    ]  # fmt: skip
    assert told["schema"]["remedy"] == "flask db upgrade"
    # The remedy of the same trouble is told once.
    remedies = [each["remedy"] for each in told.values() if each["verdict"] == "broken"]
    assert remedies.count("") == 6
    assert told["store"]["verdict"] == "ok"
