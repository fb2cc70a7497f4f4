"""What docs/mail.md shows works as it is shown."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask

import config
from app import create_app, db
from app.models import MailState
from tests.support.mail_room import ask, courier_of, deliver, rows, states
from tests.support.people import People
from tests.support.smtp_servers import free_port

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mail.md").read_text("utf-8")


def example(name: str) -> str:
    """Find the code block that starts with a comment naming this file."""
    found = re.search(rf"```python\n(# {re.escape(name)}.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


class Service(BaseHTTPRequestHandler):
    """The web service of the example: accepts what the test says."""

    status = 202
    bodies: list[bytes]

    def do_POST(self) -> None:
        """Keep what is posted."""
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[type[Service]]:
    """A web service that runs in this process."""

    class Own(Service):
        bodies: list[bytes] = []  # noqa: RUF012

    with HTTPServer(("127.0.0.1", 0), Own) as server:
        Own.port = server.server_port  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Own
        server.shutdown()
        thread.join()


def test_the_backend_of_the_example_works(
    app: Flask,
    settings: config.Settings,
    people: People,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: type[Service],
) -> None:
    """A town's developer copies it: the mail is posted, a refusal flagged, a silence waited out."""
    (tmp_path / "town_mail.py").write_text(example("town_mail.py"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    object.__setattr__(settings, "mail_backend", "town_mail:WebService")
    object.__setattr__(settings, "mail_delivery", "worker")
    address = f"http://127.0.0.1:{service.port}/mails"  # type: ignore[attr-defined]
    object.__setattr__(settings, "own_settings", {"web_service_url": address})
    town = create_app(settings)
    with app.app_context():
        courier_of(app).mode = "worker"
        ask(people.zest.identifier)
        deliver(town)
        assert people.zest.email.encode() in service.bodies[0]
        service.status = 422
        ask(people.moreau.identifier)
        deliver(town)
        courier_of(town).backend.url = f"http://127.0.0.1:{free_port()}/"  # type: ignore[attr-defined]
        ask(people.ines.identifier)
        deliver(town)
        assert states() == [MailState.SENT, MailState.REFUSED, MailState.QUEUED]
        assert rows()[1].last_error == "Le service d’envoi a refusé (422)"
        assert rows()[2].last_error == "Le service d’envoi est injoignable"
    town.extensions[db.EXTENSION].dispose()
    sys.modules.pop("town_mail")


def test_the_tests_of_the_example_pass(tmp_path: Path) -> None:
    """An outside tester copies them into a folder of their own."""
    for name in ("conftest.py", "test_credentials.py"):
        (tmp_path / name).write_text(example(name), "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path,
         tmp_path],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


@pytest.mark.parametrize("setting", sorted(
    f"PORTAIL_{name.upper()}" for name in config.Settings.__dataclass_fields__
    if name.startswith(("mail_", "smtp_"))
))  # fmt: skip
def test_every_mail_setting_is_explained(setting: str) -> None:
    """Operators look a setting up: it is on the page."""
    assert setting in PAGE
