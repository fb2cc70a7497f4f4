"""Log lines: one line each, with a request id, and nothing a terminal would obey."""

import json
import logging
import socket
from pathlib import Path

import pytest
from flask import Flask

import config
from app import create_app
from app.mailer.courier import courier
from app.testing import Outbox
from app.web.logs import JsonFormatter
from tests.support.browser import Browser
from tests.support.people import People


def line(message: str, **extra: object) -> dict[str, object]:
    """Format a record as production does."""
    record = logging.makeLogRecord({"name": "portail.journal", "msg": message, **extra})
    formatted = JsonFormatter().format(record)
    assert "\n" not in formatted
    assert "\x1b" not in formatted
    loaded: dict[str, object] = json.loads(formatted)
    return loaded


def test_a_line_says_when_and_what() -> None:
    """In UTC, with its details beside the event."""
    written = line("signed_in", account=12, created=0.0)
    assert written["at"] == "1970-01-01T00:00:00.000+00:00"
    assert written["event"] == "signed_in"
    assert written["account"] == 12


def test_a_line_says_where(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """On which machine, for which town, and for which request: its end is on the error page."""
    caplog.handler.setFormatter(JsonFormatter())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["site.legal_notice"] = lambda: str(1 // 0)
    page = app.test_client().get("/mentions-legales")
    [told] = [json.loads(written) for written in caplog.text.splitlines()]
    assert (told["event"], told["host"]) == ("unexpected error", socket.gethostname())
    assert told["town"] == "localhost"
    assert f"<strong>{told['reference']}</strong>" in page.text
    assert told["request"].endswith(told["reference"])
    assert "ZeroDivisionError" in told["exception"]


def test_what_fails_in_the_background_says_for_which_town(
    app_without_database: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Many towns may share a process: a thread has no request, and knows its application."""
    caplog.handler.setFormatter(JsonFormatter())
    with app_without_database.app_context():
        watcher = courier()
    watcher.notify()
    [told] = [json.loads(written) for written in caplog.text.splitlines()]
    assert (told["event"], told["town"]) == ("mail.bug", "localhost")
    assert "request" not in told


def test_nobody_forges_a_line() -> None:
    """A line break or an escape sequence in what was typed stays inside its string."""
    typed = 'x\r\n{"event": "signed_in"}\x1b[2J'
    assert line("sign_in_failed", identifier=typed)["identifier"] == typed


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abcdef-0123456789", True), ("short", False), ("x\x1b[31m012345", False), ("x" * 99, False)],
)
def test_the_proxy_names_the_request_if_it_does_so_properly(
    tmp_path: Path, sent: str, kept: bool
) -> None:
    """The reference on an error page ends the one in nginx's log."""
    behind_nginx = create_app(config.Test(instance=tmp_path, proxies=1))
    page = behind_nginx.test_client().get("/nulle-part-sans-entrer", headers={"X-Request-ID": sent})
    assert (f"<strong>{sent[-6:]}</strong>" in page.text) is kept


def test_a_visitor_names_no_request(app_without_database: Flask) -> None:
    """Without a proxy it is the visitor who writes the header: two of one name would be theirs."""
    sent = "abcdef-0123456789"
    visitor = app_without_database.test_client()
    page = visitor.get("/nulle-part-sans-entrer", headers={"X-Request-ID": sent})
    assert sent not in page.text


def test_each_step_is_logged_and_no_secret_is(
    browser: Browser, people: People, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Failure, request, sending, use, change, sign-in, sign-out: a line each, without a secret."""
    caplog.set_level(logging.DEBUG, logger="portail")
    page = browser.get("auth.sign_in")
    zest = people.zest
    page.fill({"Identifiant": zest.identifier, "Mot de passe": "Faux12345"}).submit(
        "Connexion", _refused=200
    )
    page.fill({"Identifiant": zest.identifier}).submit("Mot de passe oublié")
    secret, link = outbox.latest.temporary_password, outbox.latest.link
    page = page.fill({"Identifiant": zest.identifier, "Mot de passe": secret}).submit("Connexion")
    new = "Tramontane66"
    page = page.fill({"Nouveau mot de passe": new, "Confirmation mot de passe": new})
    page = page.submit("Enregistrer").fill({"Mot de passe": new}).submit("Connexion")
    cookie = browser.session_cookie
    page.submit("Déconnexion")

    events = [r.getMessage() for r in caplog.records if r.name == "portail.journal"]
    for event in (
        "sign_in_failed", "credentials_requested", "temporary_password_accepted",
        "password_chosen", "signed_in", "signed_out",
    ):  # fmt: skip
        assert event in events
    lines = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    for hidden in (secret, link, new, "Faux12345", cookie, zest.email):
        assert hidden not in lines
