"""What Sentry is told of a fault: enough to mend it, and nothing of anybody."""

import gzip
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

import config
from app import create_app
from app.background import log_bug
from app.web import sentry
from app.web.access import current_account
from configuring import shapes
from tests.support.browser import Browser
from tests.support.people import People, settle_in
from tests.support.smtp_servers import HOST

KEY = "0123456789abcdef0123456789abcdef"
TYPED = "Allergie-aux-arachides"
SEARCHED, WRITTEN = "Recherche-d-un-parent", "Texte-d-un-formulaire"
# The library packs with whichever there is.
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
Events = list[dict[str, Any]]


class Sink(ThreadingHTTPServer):
    """A Sentry that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), Keeper)
        self.received: list[bytes] = []

    @property
    def dsn(self) -> str:
        return f"http://{KEY}@{HOST}:{self.server_port}/1"

    def events(self, app: Flask) -> Events:
        """Wait until all has left, and read the events."""
        app.extensions[sentry.EXTENSION].flush(timeout=10)
        return [json.loads(line) for body in self.received for line in body.split(b"\n")
                if b'"platform"' in line]  # fmt: skip


class Keeper(BaseHTTPRequestHandler):
    """Takes envelopes."""

    server: Sink

    def do_POST(self) -> None:
        """Keep one, headers included."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = OPENED[self.headers["Content-Encoding"]](body)
        self.server.received += [str(self.headers).encode(), body]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def told_to(sink: Sink, database_url: str, instance: Path) -> Iterator[Flask]:
    """A portal whose faults go there; the log is as it was afterwards."""
    logger = logging.getLogger("portail")
    before = list(logger.handlers)
    app = create_app(config.Test(instance=instance, database_url=database_url, sentry_dsn=sink.dsn))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    logger.handlers[:] = before
    app.extensions[sentry.EXTENSION].close()
    app.extensions["portail.engine"].dispose()


def fail() -> ResponseReturnValue:
    """Fail as pages do: with people in the variables, in the message, in its cause."""
    account = current_account()
    try:
        refuse(account.last_name)
    except IntegrityError as error:
        raise ValueError(f"{account.identifier}: {TYPED}") from error
    return ""


def refuse(name: str) -> None:
    """Say what databases say."""
    said = Exception(f"Key (email)=({name}) already exists")
    raise IntegrityError("INSERT INTO guardian", {"name": name}, said)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fault_is_told_without_anybody(database_url: str, tmp_path: Path, sink: Sink) -> None:
    """A parent sends a form, and a page of ours fails: every word of the cast is looked for."""
    with told_to(sink, database_url, tmp_path) as app:
        people = settle_in(app)
        parent = Browser(app)
        home = parent.sign_in(people.zest)
        app.view_functions["family.choose_mails"] = fail
        path = f"{parent.address('family.choose_mails')}?q={SEARCHED}"
        answer = parent.fetch(path, "POST", {"note": WRITTEN})
        assert answer.status_code == 500
        assert home.h1 == "Bienvenue sur le portail famille"
        [event] = sink.events(app)
        cookie = parent.cookies()["portail"]
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert event["tags"]["page"] == "family.choose_mails"
    assert event["tags"]["reference"] in answer.text
    functions = [frame["function"] for each in event["exception"]["values"]
                 for frame in each["stacktrace"]["frames"]]  # fmt: skip
    assert "fail" in functions
    everything = b"\n".join(sink.received).decode()
    for word in (TYPED, SEARCHED, WRITTEN, cookie, *_words(people)):
        # The lines of code around the fault are ours, and this test's name its own words.
        assert word not in _without_code(everything), word


def _words(people: People) -> list[str]:
    named = ("identifier", "password", "last_name", "email", "family_number")
    assert {*named} <= {field.name for field in fields(people.zest)}
    words = {str(getattr(person, name)) for person in people for name in named}
    return sorted(word for word in words if len(word) > 3 and word != "None")


def _without_code(told: str) -> str:
    """Leave out the lines of code beside a frame."""
    code = ("context_line", "pre_context", "post_context")
    lines = []
    for line in told.split("\n"):
        if '"platform"' in line:
            event = json.loads(line)
            for each in event["exception"]["values"]:
                assert not any("vars" in frame for frame in each["stacktrace"]["frames"])
                for frame in each["stacktrace"]["frames"]:
                    for part in code:
                        frame.pop(part, None)
            line = json.dumps(event)  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_repeats_is_told_once_a_minute(
    database_url: str, tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is away fails every page; a mail that fails in the background is told too."""
    with told_to(sink, database_url, tmp_path) as app:
        app.view_functions["site.legal_notice"] = lambda: str(1 // 0)
        visitor = app.test_client()
        for _ in range(3):
            assert visitor.get("/mentions-legales").status_code == 500
        with app.app_context():
            log_bug("mail", ValueError(TYPED))
        first, second = sink.events(app)
        assert first["exception"]["values"][0]["type"] == "ZeroDivisionError"
        assert (second["message"], second["extra"]["type"]) == ("mail.bug", "ValueError")
        monkeypatch.setattr(sentry, "SILENCE_SECONDS", 0)
        visitor.get("/mentions-legales")
        assert len(sink.events(app)) == 3
    assert TYPED not in b"\n".join(sink.received).decode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sentry_that_is_away_keeps_nobody(
    database_url: str, tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that fails: the page is the same."""
    with told_to(sink, database_url, tmp_path) as app:
        app.view_functions["site.legal_notice"] = lambda: str(1 // 0)
        monkeypatch.setattr(sentry, "_event", lambda *_given: 1 // 0)
        monkeypatch.setattr(logging, "raiseExceptions", False)
        answer = app.test_client().get("/mentions-legales")
        assert answer.status_code == 500
        assert "référence" in answer.text


def test_the_package_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is missing the portal does not start, and says what to install."""
    monkeypatch.setattr(shapes, "find_spec", lambda _name: None)
    with pytest.raises(config.ConfigurationError, match="requirements-full"):
        config.Test(instance=tmp_path, sentry_dsn=f"https://{KEY}@sentry.commune.fr/1")
    assert config.Test(instance=tmp_path).sentry_dsn == ""


@pytest.mark.parametrize("dsn", ["sentry.mairie.fr", "https://sentry.mairie.fr/1", "https://a@b/c"])
def test_an_address_that_is_none_is_told(tmp_path: Path, dsn: str) -> None:
    """Without showing it: it holds a key."""
    with pytest.raises(config.ConfigurationError, match="PORTAIL_SENTRY_DSN") as caught:
        config.Test(instance=tmp_path, sentry_dsn=dsn)
    assert dsn not in str(caught.value)


def test_without_an_address_nobody_is_told(app_without_database: Flask) -> None:
    assert sentry.EXTENSION not in app_without_database.extensions
