"""A PostgreSQL that freezes, cuts, or stands behind a pooler: nobody waits long for it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select

import config
from app import create_app, db
from app.db import Base, postgresql
from app.models import Family, JournalEntry
from app.services.accounts import signing_in
from app.services.actors import Origin
from app.services.files import stores
from tests.conftest import skip_or_fail
from tests.support.browser import Browser
from tests.support.databases import engine_of, statements_of
from tests.support.people import People
from tests.support.postgresql import PGBOUNCER, cut_after, frozen, pooled

ROOT = Path(__file__).parents[2]
HOME, ACCOUNT = "/accueil", "/compte"

pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.usefixtures("waiting_as_in_production"),
]


def test_a_frozen_database_keeps_no_page(app: Flask, people: People, database_url: str) -> None:
    """The answer comes while it is frozen still, on a connection of before and without one."""
    browser = Browser(app)
    browser.sign_in(people.zest)
    with frozen(database_url):
        for _ in ("on a connection of before", "on a new one"):
            answer = browser.client.get(HOME)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
    assert browser.client.get(HOME).status_code == 200


def test_a_connection_cut_at_rest_is_replaced(
    app: Flask, people: People, database_url: str
) -> None:
    """PostgreSQL was started again since the page before: nobody notices."""
    browser = Browser(app)
    browser.sign_in(people.zest)
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    with psycopg.connect(database_url) as server:
        server.execute(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}"
        )
    with statements_of(app) as sent:
        assert browser.client.get(HOME).status_code == 200
    assert all(statement.startswith("SELECT") for statement in sent)


def test_an_answer_that_stays_away_is_not_waited_for(app: Flask, database_url: str) -> None:
    """The freeze comes between two statements of one transaction."""
    with app.app_context():
        db.rows(select(Family.id))
        with frozen(database_url), pytest.raises(db.Unavailable):
            db.rows(select(Family.id))
        db.let_go()
        assert db.rows(select(Family.id)) == []


@pytest.mark.parametrize(
    "statement", ["SELECT pg_sleep(60)", "UPDATE family SET city = 'Ailleurs'"]
)
def test_a_statement_and_a_lock_have_their_limit(
    app: Flask, people: People, statement: str
) -> None:
    """Something slow, or somebody who holds a row: the connection is good afterwards."""
    with app.app_context(), db.transaction() as other:
        families = other.scalar(select(func.count()).select_from(Family))
        other.connection().exec_driver_sql("UPDATE family SET city = 'Ici'")
        with app.app_context():
            with pytest.raises(db.Unavailable), db.transaction() as session:
                session.connection().exec_driver_sql(statement)
            assert db.session().scalar(select(func.count()).select_from(Family)) == families


def test_long_work_takes_its_time(app: Flask) -> None:
    """An import or a migration may have one statement of minutes."""
    with app.app_context():
        shown = select(func.current_setting("statement_timeout"))
        assert db.session().scalar(shown) == "3500ms"
        db.take_time()
        assert db.session().scalar(shown) == "0"


def test_rows_that_are_copied_meet_a_cut_as_others_do(app: Flask, database_url: str) -> None:
    """Under the name that pages and jobs know, so that they say when to come back."""
    with app.app_context():
        with pytest.raises(db.Unavailable):
            _copy_over_a_cut_connection(database_url)
        assert db.rows(select(Family.id)) == []


def _copy_over_a_cut_connection(url: str) -> None:
    with db.transaction() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        with psycopg.connect(url) as server:
            server.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))
        words = Base.metadata.tables["family_word"]
        db.copy_rows(session.connection(), words, ["family_id", "word"], [(1, "moreau")])


@pytest.mark.parametrize("pool", ["2", "none"])
def test_what_only_reads_has_no_transaction(database_url: str, tmp_path: Path, pool: str) -> None:
    """Nor a limit the less; behind a pooler it has one, as nothing outlives it there."""
    settings = config.Test(instance=tmp_path, database_url=database_url, database_pool=pool)
    app = create_app(settings)
    shown = select(func.current_setting("statement_timeout"))
    with app.app_context():
        for _ in ("on a new connection", "on one that answered a moment ago"):
            assert db.session().scalar(shown) == "3500ms"
            assert _in_transaction() == (pool == "none")
            db.let_go()
        with db.transaction() as session:
            session.execute(select(Family.id))
            assert _in_transaction()
        db.take_time()
        assert db.session().scalar(shown) == "0"
        assert _in_transaction()
    with app.app_context():
        assert db.session().scalar(shown) == "3500ms"
    engine_of(app).dispose()


def _in_transaction() -> bool:
    driver = db.session().connection().connection.driver_connection
    assert driver is not None
    return bool(driver.info.transaction_status != TransactionStatus.IDLE)


def test_whoever_has_not_answered_lately_is_asked(
    app: Flask, people: People, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a second, so that a page has time for another connection."""
    monkeypatch.setattr(postgresql, "LATELY_SECONDS", 0)
    browser = Browser(app)
    browser.sign_in(people.zest)
    with frozen(database_url):
        started = monotonic()
        with app.app_context(), pytest.raises(db.Unavailable):
            db.rows(select(Family.id))
        # One for the answer, two for the other connection: less than an answer may take.
        assert monotonic() - started < 4
    assert browser.client.get(HOME).status_code == 200


def test_a_cut_connection_is_no_fault_of_ours(
    app: Flask, people: People, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whenever it comes, the page is whole or says when to come back; one line tells of it."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = Browser(app)
    browser.sign_in(people.zest)
    with statements_of(app) as sent:
        assert browser.client.get(ACCOUNT).status_code == 200
    outcomes = []
    for statements in range(1, len(sent) + 1):
        caplog.clear()
        with cut_after(app, database_url, statements):
            answer = browser.client.get(ACCOUNT)
        lines = [each for each in caplog.records if each.levelno >= logging.WARNING]
        outcomes.append(answer.status_code)
        assert len(lines) == (answer.status_code == 503)
    assert outcomes == [503] * (len(sent) - 1) + [200]


def test_through_pgbouncer(database_url: str, tmp_path: Path) -> None:
    """A transaction at a time: an import, then parents who write all at once, then their mails."""
    if not Path(PGBOUNCER).exists():
        skip_or_fail("PgBouncer is not installed (Debian: pgbouncer)")
    with pooled(database_url) as address:
        app = create_app(config.Test(instance=tmp_path, database_url=address, database_pool="none"))
        with app.app_context():
            stores.store().check()
        imported = app.test_cli_runner().invoke(args=["import", str(ROOT / "demo"), "--no-mail"])
        assert imported.exit_code == 0, imported.output
        parents = ["38162386", "38162394", "38162410", "38162436", "38162444"] * 4

        def ask(identifier: str) -> int | None:
            with app.app_context():
                return signing_in.request_credentials(identifier, Origin())

        with ThreadPoolExecutor(8) as threads:
            assert None not in list(threads.map(ask, parents))
        with app.app_context():
            sent = select(func.count()).where(JournalEntry.event == "mail_sent")
            assert db.session().scalar(sent) == len(set(parents))
        engine_of(app).dispose()


def test_each_address_of_a_cluster_is_tried(app: Flask, database_url: str) -> None:
    """libpq's list of hosts: the first one is down, the second one answers."""
    server = engine_of(app).url
    hosts = f"host=127.0.0.1:1&host=127.0.0.1:{server.port}&target_session_attrs=read-write"
    engine = db.open_engine(f"postgresql://portail@/portail?{hosts}")
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    engine.dispose()


def test_the_address_may_say_otherwise(database_url: str) -> None:
    """A town far from its database gives it longer to answer."""
    engine = db.open_engine(f"{database_url}?connect_timeout=7&keepalives_idle=60")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        given = driver.info.get_parameters()
        assert (given["connect_timeout"], given["keepalives_idle"]) == ("7", "60")
        assert given["tcp_user_timeout"] == "20000"
    engine.dispose()
