"""Two machines serve one town, on one database and one folder; one of them dies."""

import os
import re
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail
from tests.faults.towns import FORGOTTEN, ONE_WORKER, SIGN_IN, started
from tests.support.databases import NewDatabase
from tests.support.serving import Visitor, children, served
from tests.support.smtp_servers import HOST, Mailbox, free_port, serve
from tests.support.waiting import succeeds, wait_for

NGINX = Path("/usr/sbin/nginx")
PAGE = Path(__file__).parents[2] / "docs" / "passage-a-l-echelle.md"
# As the page shows it.
UPSTREAM = re.compile(r"^    (upstream portail_commune \{\n(?:    .*\n)+?    \})$", re.MULTILINE)
HOME = "/accueil"
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
    conf.write_text(CONF.format(folder=folder, host=HOST, port=port, upstream=upstream))
    with subprocess.Popen([NGINX, "-p", folder, "-c", conf], stderr=subprocess.DEVNULL) as nginx:
        try:
            answers = partial(succeeds, partial(Visitor(port).get, "/robots.txt"), OSError)
            wait_for(answers, "nginx does not answer")
            yield port
        finally:
            nginx.terminate()


def die(host: "subprocess.Popen[bytes]") -> None:
    """End all of a machine at once."""
    for process in (host.pid, *children(host)):
        os.kill(process, signal.SIGKILL)


@pytest.mark.soak
def test_one_of_two_hosts_dies(tmp_path: Path, new_postgresql: NewDatabase) -> None:
    """Whoever is signed in stays so, whoever comes is served, and mails go on."""
    (tmp_path / "nginx").mkdir()
    answers: Counter[int | str] = Counter()
    over = threading.Event()
    with (
        started(tmp_path / "instance", new_postgresql()) as town,
        served(second := free_port(), town.environ, ONE_WORKER),
        in_front_of(tmp_path / "nginx", town.port, second) as front,
        serve(Mailbox(port=town.smtp_port)) as mailbox,
    ):
        parent, zest = Visitor(front), town.people.zest
        signed = parent.send(SIGN_IN, identifier=zest.identifier, password=zest.password or "")
        assert signed.headers["Location"] == HOME

        def read() -> None:
            while not over.wait(0.02):
                try:
                    answers[parent.get(HOME).status] += 1
                except (OSError, HTTPException) as error:
                    answers[repr(error)] += 1

        reader = threading.Thread(target=read)
        reader.start()
        wait_for(lambda: answers[200] > 20, "nobody is served")
        die(town.gunicorn)
        before = answers[200]
        wait_for(lambda: answers[200] > before + 20, "nobody is served any more")
        over.set()
        reader.join()
        forgotten = Visitor(front).send(FORGOTTEN, identifier=town.people.moreau.identifier)
        assert forgotten.status == 302
        wait_for(lambda: mailbox.received, "no mail leaves")
    assert set(answers) == {200}
