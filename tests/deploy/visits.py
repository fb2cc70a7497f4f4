"""Asking the machine as a program does: one request, every byte of it chosen."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from tests.deploy.machine import HOST, NAME, Machine

SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Its words."""
        return self.body.decode("utf-8", "replace")


def ask(
    machine: Machine,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    form: bytes | None = None,
    host: str = NAME,
    source: str = HOST,
) -> Answer:
    """Ask over HTTPS for the town's name, from an address of this machine."""
    connection = http.client.HTTPConnection(NAME)
    connection.sock = secured(machine, source=source)
    try:
        sent = {"Host": host, **(headers or {})}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", path, body=form, headers=sent)
        return read(connection)
    finally:
        connection.close()


def ask_by(machine: Machine, method: str) -> Answer:
    """Ask by another method, or by what is none."""
    connection = http.client.HTTPConnection(NAME)
    connection.sock = secured(machine)
    try:
        connection.request(method, "/connexion")
        return read(connection)
    finally:
        connection.close()


def ask_in_clear(machine: Machine, path: str, host: str = NAME) -> Answer:
    """Ask at the port of HTTP."""
    connection = http.client.HTTPConnection(HOST, machine.http, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host})
        return read(connection)
    finally:
        connection.close()


def secured(machine: Machine, name: str = NAME, source: str = HOST) -> ssl.SSLSocket:
    """Open a connection for a name; the certificate must be that name's."""
    context = ssl.create_default_context()
    for authority in machine.path("/etc/letsencrypt/live").glob("*/fullchain.pem"):
        context.load_verify_locations(str(authority))
    plain = socket.create_connection(
        (HOST, machine.https), timeout=SECONDS, source_address=(source, 0)
    )
    return context.wrap_socket(plain, server_hostname=name)


def read(connection: http.client.HTTPConnection) -> Answer:
    """Take in the whole answer."""
    answer = connection.getresponse()
    return Answer(answer.status, answer.headers, answer.read())
