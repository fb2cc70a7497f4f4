"""A new version comes while parents are there: nobody waits for it, nothing is lost."""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.deploy.machine import TOWN, Machine, hang_up, put_code
from tests.deploy.visits import ask
from tests.support.serving import children
from tests.support.waiting import wait_for

WEB = f"portail@{TOWN}"
# Those with a mailbox, whom no other test makes ask.
IDENTIFIERS = ("38162394", "38162402", "38162410", "38162485", "38162527")
visits = itertools.count()
# As deploy/gunicorn.conf.py starts them.
WORKERS = 2
# Reads as the version before, once somebody opened the gate: the seconds that a version takes to
# start, as long as the test wants.
SLOW_VERSION = """
import time
from pathlib import Path
while not Path({gate!r}).exists():
    time.sleep(0.05)
from app import create_app
app = create_app()
serve = app.wsgi_app
def marked(environ, start_response):
    def start(status, headers, *rest):
        return start_response(status, [*headers, ("X-Version", "next")], *rest)
    return serve(environ, start)
app.wsgi_app = marked
"""


def version_of(machine: Machine) -> str | None:
    """Tell which version answers."""
    answer = ask(machine, "/connexion")
    assert answer.status == 200
    return answer.headers["X-Version"]


def test_a_new_version_comes_while_parents_are_there(machine: Machine) -> None:
    """The old one serves until the new one can, however long that takes, and back again.

    Neither a page is lost, nor a form, nor a mail.
    """
    master, current = machine.running[WEB], machine.path("/opt/portail/current")
    gate = machine.path("/srv/gate")
    code = put_code(machine, "1.1.0")
    (code / "wsgi.py").unlink()
    (code / "wsgi.py").write_text(SLOW_VERSION.format(gate=str(gate)))
    # Whoever left for an earlier reload is gone.
    wait_for(lambda: len(children(master)) == WORKERS, "two generations serve", 60)
    elders = children(master)
    with parents(machine) as answers:
        try:
            _lead(current, code)
            hang_up(master)
            wait_for(lambda: children(master) - elders, "no successor", 60)
            # Asked to leave, and nobody to follow yet.
            assert [version_of(machine) for _ in range(20)] == [None] * 20
            assert elders <= children(master)
            gate.touch()
            wait_for(lambda: not elders & children(master), "the elders stayed", 60)
            assert [version_of(machine) for _ in range(20)] == ["next"] * 20
        finally:
            gate.touch()
            _lead(current, code.with_name("1.0.0"))
            leaving = children(master)
            machine.type(f"sudo systemctl reload {WEB}")
            wait_for(lambda: not leaving & children(master), "nobody came back", 60)
        assert version_of(machine) is None
    # Without a restart.
    assert machine.running[WEB] is master
    assert set(answers) == {200, 302}
    assert answers[200] > 40
    assert answers[302] == len(IDENTIFIERS)
    wait_for(lambda: len(machine.mailbox.received) >= len(IDENTIFIERS), "a mail was lost", 60)


@contextmanager
def parents(machine: Machine) -> Iterator[Counter[int | str]]:
    """Have some look around and others ask for a password; tell what each was answered."""
    machine.mailbox.received.clear()
    forms = {identifier: _form(machine) for identifier in IDENTIFIERS}
    answers: Counter[int | str] = Counter()
    over = threading.Event()

    def visit() -> None:
        while not over.wait(0.1):
            answers[_status(machine, "/connexion")] += 1

    def post() -> None:
        for identifier, (csrf, cookie) in forms.items():
            form = f"csrf_token={csrf}&identifier={identifier}".encode()
            sent = {"Cookie": cookie, "Referer": machine.url}
            answers[_status(machine, "/mot-de-passe-oublie", sent, form)] += 1
            over.wait(1)

    visitors = [threading.Thread(target=each) for each in (visit, visit, post)]
    for each in visitors:
        each.start()
    try:
        yield answers
    finally:
        over.set()
        for each in visitors:
            each.join()


def test_settings_that_cannot_be_used_stop_no_portal(machine: Machine) -> None:
    """The reload says so, and those that serve go on."""
    file = machine.instance / "settings.toml"
    before = file.read_text("utf-8")
    elders = children(machine.running[WEB])
    file.write_text(f"smpt_host = 'x'\n{before}", "utf-8")
    try:
        with pytest.raises(AssertionError, match="Le portail ne démarre pas"):
            machine.type(f"sudo systemctl reload {WEB}")
    finally:
        file.write_text(before, "utf-8")
    assert children(machine.running[WEB]) == elders
    assert version_of(machine) is None


def _lead(current: Path, code: Path) -> None:
    new = current.with_name("new")
    new.symlink_to(code)
    new.rename(current)


def _status(
    machine: Machine, path: str, headers: dict[str, str] | None = None, form: bytes | None = None
) -> int | str:
    # Each from elsewhere: one address alone is not let in so often.
    source = f"127.0.1.{next(visits) % 250 + 1}"
    try:
        return ask(machine, path, headers, form=form, source=source).status
    except (OSError, HTTPException) as error:
        return repr(error)


def _form(machine: Machine) -> tuple[str, str]:
    answer = ask(machine, "/mot-de-passe-oublie")
    csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text)
    assert csrf
    return csrf[1], answer.headers["Set-Cookie"].partition(";")[0]
