"""A request has one connection, and none while something long is done that needs none."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2
import pytest
from flask import Flask
from sqlalchemy import select

import config
from app import create_app, db
from app.models import Family
from app.services.accounts import password_choice, sessions
from app.services.accounts.signing_in import SignedIn, sign_in
from app.services.actors import Origin
from app.web import printing
from tests.support.browser import Browser
from tests.support.databases import engine_of
from tests.support.people import People, settle_in
from tests.support.visitors import arrive

THREADS = 32


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """A town whose process may open one connection."""
    return config.Test(
        instance=settings.instance, database_url=settings.database_url, database_pool="1",
        mail_delivery="worker",
    )  # fmt: skip


@pytest.fixture
def no_wait(app: Flask) -> None:
    """Whoever wants a second connection is told at once."""
    pool: Any = engine_of(app).pool
    pool._timeout = 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("no_wait")
def test_every_page_does_with_one_connection(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody goes through the whole portal, and sends what they may."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    visitor = arrive(app, people.zest, "Glycine", 2021)
    pages = [(path, "GET") for path in visitor.addresses()]
    for path, method in [*pages, *((path, "POST") for path in visitor.downloads())]:
        answer = visitor.ask(path, method)
        assert answer.status_code < 500, f"{path}: {answer.status}"
    visitor.ask("/deconnexion", "POST")
    visitor.browser.sign_in(people.zest)


@pytest.mark.usefixtures("no_wait")
def test_a_second_connection_is_refused(app: Flask) -> None:
    """The test above can fail."""
    with app.app_context():
        db.rows(select(Family.id))
        with app.app_context(), pytest.raises(db.Busy):
            db.rows(select(Family.id))


def test_thirty_two_at_once_get_their_page(settings: config.Settings, app: Flask) -> None:
    """« Mon compte » for everybody at the same moment: nobody meets an error of ours."""
    people = settle_in(app)
    crowd = create_app(config.Test(instance=settings.instance, database_url=settings.database_url))
    browser = Browser(crowd)
    browser.sign_in(people.zest)
    name = crowd.config["SESSION_COOKIE_NAME"]
    cookie = browser.client.get_cookie(name)
    assert cookie is not None
    together = threading.Barrier(THREADS)

    def visit(_number: int) -> int:
        client = crowd.test_client(use_cookies=False)
        together.wait()
        return client.get("/compte", headers={"Cookie": f"{name}={cookie.value}"}).status_code

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(visit, range(THREADS)))
    engine_of(crowd).dispose()
    # On a machine that is busy elsewhere some may be told to come back, and that is all.
    assert set(answers) <= {200, 503}
    assert 200 in answers


@pytest.mark.usefixtures("no_wait")
def test_whoever_finds_the_pool_full_is_told_when_to_come_back(
    app: Flask, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """In French, with Retry-After; the log has a line without a trace, as nothing is broken."""
    with engine_of(app).connect():
        answer = browser.client.get("/sante")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "momentanément indisponible" in answer.text
    [line] = [each for each in caplog.records if each.levelname != "INFO"]
    assert (line.levelname, line.message, line.exc_info) == ("WARNING", "database busy", None)
    assert line.__dict__["reason"] == "every connection is in use"


def test_nobody_holds_a_connection_while_a_password_is_hashed(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing in rightly and wrongly, choosing a password, changing it."""
    held: list[int] = []
    pool: Any = engine_of(app).pool

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def work_counted(*args: Any) -> Any:
            held.append(pool.checkedout())
            return work(*args)

        return work_counted

    for name in ("hash", "verify"):
        work = counted(getattr(argon2.PasswordHasher, name))
        monkeypatch.setattr(argon2.PasswordHasher, name, work)
    with app.app_context():
        sign_in(people.zest.identifier, "Faux-mot-de-passe-1", Origin())
        sign_in("99999999", "Faux-mot-de-passe-1", Origin())
    with app.app_context():
        outcome = sign_in(people.zest.identifier, people.zest.password or "", Origin())
        assert isinstance(outcome, SignedIn)
        current = sessions.find(outcome.session_key)
        assert current is not None
        password_choice.change(current, people.zest.password or "", "Tournesol6")
    assert len(held) > 5
    assert set(held) == {0}


def test_nobody_holds_a_connection_while_a_paper_is_made(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for, or asked about."""
    import weasyprint

    held: list[int] = []
    pool: Any = engine_of(app).pool

    def write(*_args: Any, **_options: Any) -> bytes:
        held.append(pool.checkedout())
        return b"%PDF-1.7"

    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(weasyprint.HTML, "write_pdf", write)
    visitor = arrive(app, people.zest, "Glycine", 2021)
    path = visitor.browser.address("family.invoice_file", public_id=visitor.has.ids["invoice"])
    assert visitor.ask(path).status_code == 200
    assert visitor.ask(path, "HEAD").status_code == 200
    assert held == [0, 0]


def test_a_transaction_reads_what_it_wrote(app: Flask) -> None:
    """It is the same connection; and another context sees it once it is kept."""
    with app.app_context():
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
            session.flush()
            assert len(db.rows(select(Family.id))) == 1
        assert len(db.rows(select(Family.id))) == 1


def test_transactions_do_not_nest(app: Flask) -> None:
    """The inner one would keep half of what the outer one does."""
    with (
        app.app_context(),
        db.transaction(),
        pytest.raises(AssertionError, match="nest"),
        db.transaction(),
    ):
        raise AssertionError("begun")


def test_what_is_let_go_is_read_anew(app: Flask) -> None:
    """What was read before a hash may have changed meanwhile."""
    with app.app_context():
        with db.transaction() as session:
            session.add(Family(source_id="1", number="1"))
        family = db.session().scalars(select(Family)).one()
        db.let_go()
        with app.app_context(), db.transaction() as session:
            session.scalars(select(Family)).one().number = "2"
        assert family.number == "2"
