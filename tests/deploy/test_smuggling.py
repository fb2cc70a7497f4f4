"""Requests of a shape in which a server in front and one behind might read two different things.

One request is asked, by bytes of our own; what hides in it is never answered, by either server, nor
ever reaches the portal.
"""

import json
import re
import socket
from collections import Counter
from contextlib import suppress

import pytest

from tests.deploy.machine import NAME, TOWN, Machine
from tests.deploy.visits import secured

HIDDEN = "/smuggled"
HEAD = f"POST /connexion HTTP/1.1\r\nHost: {NAME}\r\n"
WITHIN = f"GET {HIDDEN} HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
END = "0\r\n\r\n"


def length(text: str) -> str:
    return f"Content-Length: {len(text)}\r\n"


SHAPES = {
    "CL.TE": f"{HEAD}{length(END + WITHIN)}{CHUNKED}\r\n{END}{WITHIN}",
    "TE.CL": f"{HEAD}{CHUNKED}{length(END)}\r\n{len(WITHIN):x}\r\n{WITHIN}\r\n{END}",
    "TE.TE": f"{HEAD}{CHUNKED}Transfer-Encoding: x\r\n{length(END)}\r\n{END}{WITHIN}",
    "TE twice": f"{HEAD}{CHUNKED}{CHUNKED}\r\n{END}{WITHIN}",
    "TE of another kind": f"{HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n{END}{WITHIN}",
    "TE before a blank": f"{HEAD}Transfer-Encoding : chunked\r\n{length(END)}\r\n{END}{WITHIN}",
    "TE after a tab": f"{HEAD}Transfer-Encoding:\tchunked\r\n{length(END)}\r\n{END}{WITHIN}",
    "TE with a sign that is none": f"{HEAD}Transfer-Encoding: \x0bchunked\r\n\r\n{END}{WITHIN}",
    "TE of HTTP/1.0": f"{HEAD.replace('1.1', '1.0')}{CHUNKED}\r\n{END}{WITHIN}",
    "two lengths": f"{HEAD}{length('')}{length(WITHIN)}\r\n{WITHIN}",
    "two lengths in one": f"{HEAD}Content-Length: 0, {len(WITHIN)}\r\n\r\n{WITHIN}",
    "a length with a sign": f"{HEAD}Content-Length: +{len(WITHIN)}\r\n\r\n{WITHIN}",
    "a length below zero": f"{HEAD}Content-Length: -1\r\n\r\n{WITHIN}",
    "a length that is long": f"{HEAD}Content-Length: {'9' * 30}\r\n\r\n{WITHIN}",
    "a length with a blank": f"{HEAD}Content-Length: 0 0\r\n\r\n{WITHIN}",
    "a folded line": f"{HEAD}X-Folded: a\r\n Content-Length: {len(WITHIN)}\r\n\r\n{WITHIN}",
    "a folded length": f"{HEAD}Content-Length:\r\n {len(WITHIN)}\r\n\r\n{WITHIN}",
    "a line that ends early": f"{HEAD}X: a\rContent-Length: {len(WITHIN)}\r\n\r\n{WITHIN}",
    "a header without a name": f"{HEAD}: chunked\r\n{length(WITHIN)}{CHUNKED}\r\n{END}{WITHIN}",
    "a NUL in a header": f"{HEAD}X: a\0b\r\n{length('')}\r\n",
    "a chunk of a size that is none": f"{HEAD}{CHUNKED}\r\n0x5\r\nabcde\r\n{END}{WITHIN}",
    "a chunk longer than it says": f"{HEAD}{CHUNKED}\r\n3\r\nabcde\r\n{END}{WITHIN}",
    "a chunk below zero": f"{HEAD}{CHUNKED}\r\n-1\r\n{END}{WITHIN}",
    "two hosts": f"GET /connexion HTTP/1.1\r\nHost: {NAME}\r\nHost: evil.example\r\n\r\n",
    "a host with a blank": f"GET /connexion HTTP/1.1\r\nHost: {NAME} evil.example\r\n\r\n",
    "no host": "GET /connexion HTTP/1.1\r\n\r\n",
    "a request line of two lines": f"GET /connexion HTTP/1.1\rGET {HIDDEN} HTTP/1.1\r\n\r\n",
}
# Whatever stands for « no »; the portal's 400 asks for the proof of the form.
REFUSED = frozenset({400, 405, 413, 501, 503})
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
BY_GUNICORN = re.compile(r'"(\w+) (\S+)" \d+ .* ([0-9a-f]{32})$', re.MULTILINE)
PATIENCE_SECONDS = 0.5


def say(connection: socket.socket, shape: str) -> list[int]:
    """Send it as it is; return the status of each answer."""
    connection.settimeout(PATIENCE_SECONDS)
    connection.sendall(shape.encode("latin-1"))
    heard = b""
    with suppress(TimeoutError, ConnectionResetError):
        while more := connection.recv(65_536):
            heard += more
    return [int(status) for status in STATUS.findall(heard)]


def seen(machine: Machine) -> tuple[Counter[str], Counter[str]]:
    """Tell what gunicorn answered, and what nginx did, each by the name that nginx gave it."""
    logs = machine.logs()
    lines = [json.loads(line) for line in logs["portail.access.log"].splitlines()]
    by_nginx = Counter(f"{line['method']} {line['request']}" for line in lines)
    found = BY_GUNICORN.findall(logs[f"portail@{TOWN}.log"])
    return Counter(f"{method} {name}" for method, _, name in found), by_nginx


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_both_servers_read_the_same(machine: Machine, shape: str) -> None:
    """Refused, or what follows is another request for both: none reaches the portal unseen."""
    with secured(machine, source="127.0.4.1") as connection:
        first, *others = say(connection, shape)
    assert first in REFUSED
    assert set(others) <= REFUSED | {404}
    by_gunicorn, by_nginx = seen(machine)
    assert by_gunicorn <= by_nginx


# What nginx mends before it passes it on, or what it takes for the end of one request.
MENDED = frozenset({"a folded line", "a header without a name"})


@pytest.mark.parametrize("name", sorted(SHAPES.keys() - MENDED))
def test_gunicorn_alone_does_not_take_it_either(machine: Machine, name: str) -> None:
    """Were another server in front one day: it answers once at most, and not the hidden one."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(machine.path(f"/run/portail/{TOWN}/web.sock")))
        statuses = say(connection, SHAPES[name])
    assert len(statuses) <= 1
    assert 404 not in statuses
