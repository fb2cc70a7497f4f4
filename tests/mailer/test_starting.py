"""A server starts again with mails in its queue: they leave before anybody visits."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import config
from app import create_app
from tests.support.databases import NewDatabase
from tests.support.mail_room import ask
from tests.support.people import settle_in
from tests.support.waiting import wait_for

ROOT = Path(__file__).parents[2]


@contextmanager
def gunicorn(folder: Path, url: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the portal as ops do, on a port that nobody knows."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORTAIL_INSTANCE": str(folder),
        "PORTAIL_DATABASE_URL": url,
        "PORTAIL_MAIL_BACKEND": "file",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", *options, "wsgi:app"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield server
        finally:
            server.terminate()


@pytest.mark.parametrize("options", [(), ("--preload", "--workers", "2")], ids=["", "preload"])
def test_the_queue_starts_before_the_first_visitor(
    tmp_path: Path, new_sqlite: NewDatabase, options: tuple[str, ...]
) -> None:
    """Madame ZEST asked for a password just before the restart, and waits at her mailbox."""
    url = new_sqlite()
    app = create_app(config.Test(instance=tmp_path, database_url=url, mail_delivery="worker"))
    people = settle_in(app)
    with app.app_context():
        ask(people.zest.identifier)
    app.extensions["portail.engine"].dispose()
    with gunicorn(tmp_path, url, *options) as server:

        def left() -> list[Path]:
            assert server.poll() is None, "the server has ended"
            return list(tmp_path.glob("mail/[!.]*.eml"))

        mails = wait_for(left, "no mail left")
    assert len(mails) == 1
    assert people.zest.email.encode() in mails[0].read_bytes()


def test_what_only_loads_the_portal_sends_nothing(tmp_path: Path, new_sqlite: NewDatabase) -> None:
    """A command, or a script that looks at the application, serves nobody."""
    looks = "import threading, wsgi; print(sorted(t.name for t in threading.enumerate()))"
    environ = {"PORTAIL_INSTANCE": str(tmp_path), "PORTAIL_DATABASE_URL": new_sqlite()}
    said = subprocess.check_output(
        [sys.executable, "-m", "flask", "--app", "wsgi", "shell"],
        input=looks, text=True, cwd=ROOT, env=environ | {"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert "['MainThread']" in said
