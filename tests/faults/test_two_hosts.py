"""Two machines serve one town, on one database and one folder; one of them dies, or freezes."""

import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import update

from app import db
from app.models import MailState, OutboxMail
from tests.conftest import skip_or_fail
from tests.faults.towns import FORGOTTEN, ONE_WORKER, SIGN_IN, Town, started
from tests.support.databases import NewDatabase
from tests.support.mail_room import rows
from tests.support.people import Person
from tests.support.serving import Visitor, children, served
from tests.support.smtp_servers import HOST, SILENCE, Mailbox, free_port, serve
from tests.support.waiting import succeeds, wait_for

NGINX = Path("/usr/sbin/nginx")
PAGE = Path(__file__).parents[2] / "docs" / "passage-a-l-echelle.md"
# As the page shows it.
UPSTREAM = re.compile(r"^    (upstream portail_commune \{\n(?:    .*\n)+?    \})$", re.MULTILINE)
HOME = "/accueil"
# A minute as shipped (deploy/nginx/application.conf).
PATIENCE_SECONDS = 4
# One finds the frozen machine; on a busy one, a page may be as slow by itself.
FEW = 3
CONF = """
daemon off;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    scgi_temp_path {folder}; uwsgi_temp_path {folder};
    {upstream}
    server {{
        listen {host}:{port};
        location / {{
            proxy_pass http://portail_commune;
            proxy_set_header Host $host;
            proxy_connect_timeout 2s;
            proxy_read_timeout {patience}s;
        }}
    }}
}}
"""


@contextmanager
def in_front_of(folder: Path, *hosts: int) -> Iterator[int]:
    """Run nginx before these ports, as the page says; give its own."""
    if not NGINX.exists():
        skip_or_fail("nginx is not installed (Debian: nginx-light)")
    [upstream] = UPSTREAM.findall(PAGE.read_text("utf-8"))
    for shown, host in zip(("192.0.2.11:8000", "192.0.2.12:8000"), hosts, strict=True):
        assert shown in upstream
        upstream = upstream.replace(shown, f"{HOST}:{host}")
    port, conf = free_port(), folder / "nginx.conf"
    conf.write_text(
        CONF.format(
            folder=folder, host=HOST, port=port, upstream=upstream, patience=PATIENCE_SECONDS
        )
    )
    with subprocess.Popen([NGINX, "-p", folder, "-c", conf], stderr=subprocess.DEVNULL) as nginx:
        try:
            wait_for(partial(answers, port), "nginx does not answer")
            yield port
        finally:
            nginx.terminate()


def tell(host: "subprocess.Popen[bytes]", what: signal.Signals) -> None:
    """Send a signal to all of a machine at once."""
    for process in (host.pid, *children(host)):
        os.kill(process, what)


@contextmanager
def frozen(host: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Let all of a machine stand still."""
    tell(host, signal.SIGSTOP)
    try:
        yield
    finally:
        tell(host, signal.SIGCONT)


class Reader:
    """A parent who opens the home page again and again."""

    def __init__(self, parent: Visitor) -> None:
        """Read as this parent, who is signed in."""
        self.answers: Counter[int | str] = Counter()
        self.waited = 0
        self._parent = parent
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Reader":
        """Begin."""
        self._thread.start()
        self.wait_for_more()
        return self

    def __exit__(self, *_error: object) -> None:
        """Let the last page come."""
        self._over.set()
        self._thread.join()

    def wait_for_more(self) -> None:
        """Let pages come after this moment."""
        before = self.answers[200]
        wait_for(lambda: self.answers[200] > before + 20, "nobody is served any more")

    def _read(self) -> None:
        while not self._over.wait(0.02):
            begun = time.monotonic()
            try:
                self.answers[self._parent.get(HOME).status] += 1
            except (OSError, HTTPException) as error:
                self.answers[repr(error)] += 1
            self.waited += time.monotonic() - begun >= PATIENCE_SECONDS


@pytest.mark.soak
def test_one_of_two_hosts_dies(tmp_path: Path, new_postgresql: NewDatabase) -> None:
    """Whoever is signed in stays so, whoever comes is served, and mails go on."""
    (tmp_path / "nginx").mkdir()
    with (
        started(tmp_path / "instance", new_postgresql()) as town,
        served(second := free_port(), town.environ, ONE_WORKER),
        in_front_of(tmp_path / "nginx", town.port, second) as front,
        serve(Mailbox(port=town.smtp_port)) as mailbox,
    ):
        with Reader(signed_in(front, town.people.zest)) as reader:
            tell(town.gunicorn, signal.SIGKILL)
            reader.wait_for_more()
        assert forgot(front, town.people.moreau) == 302
        wait_for(lambda: mailbox.received, "no mail leaves")
    assert set(reader.answers) == {200}


@pytest.mark.soak
def test_one_of_two_hosts_freezes(tmp_path: Path, new_postgresql: NewDatabase) -> None:
    """It takes connections and says nothing: one page waits for nginx to go to the other.

    The mail that it had in hand leaves from the other, once; it wakes, and has no say in it.
    """
    (tmp_path / "nginx").mkdir()
    silent, good = Mailbox(), Mailbox(port=free_port())
    silent.script["DATA"] = [SILENCE]
    with started(tmp_path / "instance", new_postgresql()) as town:
        silent.port = town.smtp_port
        elsewhere = town.environ | {"PORTAIL_SMTP_PORT": str(good.port)}
        with (
            serve(silent),
            serve(good),
            served(second := free_port(), elsewhere, ONE_WORKER),
            in_front_of(tmp_path / "nginx", town.port, second) as front,
            Reader(signed_in(front, town.people.zest)) as reader,
        ):
            assert forgot(town.port, town.people.moreau) == 302
            wait_for(lambda: silent.received, "the first machine has no mail in hand")
            with frozen(town.gunicorn):
                reader.wait_for_more()
                assert forgot(front, town.people.claire) == 302
                end_leases(town)
                wait_for(lambda: len(good.received) == 2, "the other sends no mail")
            wait_for(partial(answers, town.port), "it does not wake")
            with town.app.app_context():
                wait_for(lambda: all(mail.state is MailState.SENT for mail in rows()), "not sent")
    assert set(reader.answers) == {200}
    assert 1 <= reader.waited <= FEW
    assert Counter(good.recipients) == {town.people.moreau.email: 1, town.people.claire.email: 1}


@pytest.mark.soak
def test_a_form_that_a_frozen_host_has_is_not_sent_to_the_other(
    tmp_path: Path, new_postgresql: NewDatabase
) -> None:
    """It may have been done: nginx says that it does not know, and whoever sends again is served.

    The machine wakes, and reads what it was sent: what that asks for is there once.
    """
    (tmp_path / "nginx").mkdir()
    with (
        started(tmp_path / "instance", new_postgresql()) as town,
        serve(Mailbox(port=town.smtp_port)) as mailbox,
        served(second := free_port(), town.environ, ONE_WORKER),
        in_front_of(tmp_path / "nginx", town.port, second) as front,
    ):
        moreau, claire = town.people.moreau, town.people.claire
        with frozen(town.gunicorn):
            sent = [forgot(front, person) for person in (moreau, claire)]
            assert sorted(sent) == [302, 504]
            again = (moreau, claire)[sent.index(504)]
            assert forgot(front, again) == 302
            wait_for(lambda: len(mailbox.received) == 2, "no mail leaves")
        wait_for(partial(answers, town.port), "it does not wake")
        wait_for(lambda: waiting(town) == 0, "something is left")
    assert Counter(mailbox.recipients) == {moreau.email: 1, claire.email: 1}


def waiting(town: Town) -> int:
    """Count the mails that have not left."""
    with town.app.app_context():
        return sum(mail.state is not MailState.SENT for mail in rows())


def signed_in(port: int, person: Person) -> Visitor:
    """Somebody who is."""
    visitor = Visitor(port)
    answer = visitor.send(SIGN_IN, identifier=person.identifier, password=person.password or "")
    assert answer.headers["Location"] == HOME
    return visitor


def forgot(port: int, person: Person) -> int:
    """Somebody presses « Mot de passe oublié »."""
    return Visitor(port).send(FORGOTTEN, identifier=person.identifier).status


def answers(port: int) -> bool:
    """Tell whether somebody answers there."""
    return succeeds(partial(Visitor(port).get, "/robots.txt"), OSError, HTTPException)


def end_leases(town: Town) -> None:
    """Let the two minutes of whoever has a mail in hand be over."""
    with town.app.app_context(), db.transaction() as session:
        in_hand = update(OutboxMail).where(OutboxMail.state == MailState.SENDING)
        session.execute(in_hand.values(due_at=datetime.now(UTC)))
