"""The portal in processes of its own, as ops run it, and who asks it something."""

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from tests.support.smtp_servers import HOST
from tests.support.waiting import succeeds, wait_for

ROOT = Path(__file__).parent.parent.parent
# Whoever waits longer has no answer.
ANSWER_SECONDS = 30
ALWAYS = ("--no-control-socket", "--log-level", "error", "wsgi:app")
CSRF = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
TWO_WORKERS = ("--workers", "2", "--threads", "2")


@dataclass(frozen=True)
class Answer:
    """What the portal answered."""

    status: int
    text: str
    cookie: str
    headers: http.client.HTTPMessage


def ask(
    port: int,
    path: str,
    method: str = "GET",
    form: dict[str, str] | None = None,
    **headers: str,
) -> Answer:
    """Ask for an address over a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        body = urlencode(form) if form else None
        connection.request(method, path, body, {"Host": "localhost"} | headers)
        answer = connection.getresponse()
        text, cookie = answer.read().decode(), answer.headers.get("Set-Cookie", "")
    finally:
        connection.close()
    return Answer(answer.status, text, cookie.partition(";")[0], answer.headers)


class Visitor:
    """Somebody with a browser, who keeps cookies and sends forms."""

    def __init__(self, port: int) -> None:
        """Come to what listens there."""
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(path, "GET", None)

    def send(self, path: str, **fields: str) -> Answer:
        """Open a page, and send its form."""
        return self.post(path, self.form(path) | fields)

    def form(self, path: str) -> dict[str, str]:
        """Open a page, for the proof that its form was seen."""
        token = CSRF.search(self.get(path).text)
        assert token, f"no form at {path}"
        return {"csrf_token": token[1]}

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send it."""
        return self._ask(path, "POST", form)

    def _ask(self, path: str, method: str, form: dict[str, str] | None) -> Answer:
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = ask(self._port, path, method, form, Cookie=kept)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


@contextmanager
def served(
    port: int, environ: dict[str, str], options: tuple[str, ...] = TWO_WORKERS
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve with these settings until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", *options, *ALWAYS]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as gunicorn:
        try:
            answers = partial(succeeds, partial(ask, port, "/robots.txt"), OSError)
            wait_for(answers, "the portal does not answer")
            yield gunicorn
        finally:
            gunicorn.send_signal(signal.SIGTERM)
            gunicorn.wait(ANSWER_SECONDS)


def children(process: subprocess.Popen[bytes]) -> set[int]:
    """The processes that one has started: the workers of nginx, or of gunicorn."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return {int(pid) for pid in found.split()}
