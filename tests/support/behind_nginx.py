"""Any test, its visitors behind the very nginx of `deploy/`, over HTTPS, served by gunicorn.

    .venv/bin/python -m pytest -p tests.support.behind_nginx tests/blueprints/auth

Each request of a test's client travels: TLS, nginx, gunicorn's parser and its answer; the
application stays in the process of the test, which still moves its clock and reads its mails. nginx
counts floods in tests of its own (tests/deploy): here it lets pass as many as tests send.
"""

import http.client
import os
import runpy
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.sync import SyncWorker
from werkzeug.datastructures import EnvironHeaders, Headers

import config
from tests.support import nginx
from tests.support.smtp_servers import HOST, free_port
from tests.support.waiting import succeeds, wait_for

ROOT = Path(__file__).parents[2]
NGINX = Path("/usr/sbin/nginx")
NAME = "localhost"
# Whom nginx takes a visitor for, and which of the tests' applications is asked.
ADDRESS, APPLICATION = "X-Test-Address", "X-Test-Application"
ASCII = "".join(map(chr, range(33, 127)))
# Of each connection, and what servers add of their own.
HOP = frozenset({"connection", "date", "keep-alive", "server", "transfer-encoding"})
USER = "user nobody nogroup;" if os.geteuid() == 0 else ""
CONF = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    scgi_temp_path {folder}; uwsgi_temp_path {folder};
    set_real_ip_from {host};
    real_ip_header X-Test-Address;
    include {folder}/portail.conf;
    include {folder}/commune.conf;
}}
"""


@dataclass(frozen=True, kw_only=True)
class BehindNginx(config.Test):
    """What the page for ops has a town set there."""

    public_url: str = f"https://{NAME}"
    proxies: int = 1


def _asked(environ: dict[str, Any]) -> str:
    """Say which address is asked, as it was typed, with the query."""
    path, mark, query = environ["RAW_URI"].partition("?")
    # The client that follows a redirect leaves it out there.
    query = query or environ["QUERY_STRING"]
    return quote(f"{path}?{query}" if mark or query else path, safe=ASCII)


@dataclass(frozen=True)
class Door:
    """Where nginx listens, and the applications that it leads to."""

    port: int
    served: "WeakValueDictionary[str, Flask]"

    def run(self, app: Flask, environ: dict[str, Any]) -> tuple[list[bytes], str, Any]:
        """Send a request of a test's client on its way, and bring the answer back."""
        name = str(id(app))
        self.served[name] = app
        headers = EnvironHeaders(environ)
        sent = {key: value for key, value in headers if key not in {"Host", ADDRESS}}
        sent |= {APPLICATION: name, ADDRESS: environ.get("REMOTE_ADDR", HOST)}
        if environ["REQUEST_METHOD"] == "POST" and "Referer" not in headers:
            # As every browser says of a page of this site.
            sent["Referer"] = f"https://{environ['HTTP_HOST']}/"
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else None
        with self._connected() as connection:
            connection.putrequest(
                environ["REQUEST_METHOD"],
                _asked(environ),
                skip_host=True,
                skip_accept_encoding=True,
            )
            connection.putheader("Host", environ["HTTP_HOST"])
            for key, value in sent.items():
                connection.putheader(key, value.encode("latin-1"))
            # An address that is too long is answered before its end: its visitor reads why.
            with suppress(ssl.SSLError, ConnectionError):
                connection.endheaders(body)
            answer = connection.getresponse()
            kept = [(key, value) for key, value in answer.getheaders() if key.lower() not in HOP]
            return [answer.read()], f"{answer.status} {answer.reason}", kept

    @contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPConnection(NAME)
        connection.sock = trusting.wrap_socket(
            socket.create_connection((HOST, self.port)), server_hostname=NAME
        )
        try:
            yield connection
        finally:
            connection.close()


def pytest_configure() -> None:
    """Have each test's town be one behind nginx."""
    config.Test = BehindNginx  # type: ignore[misc]


@pytest.fixture(scope="session", autouse=True)
def behind_nginx() -> Iterator[None]:
    """Start both servers, and have every client of a test go through them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nginx-")))
        served: WeakValueDictionary[str, Flask] = WeakValueDictionary()
        stack.enter_context(_gunicorn(folder / "web.sock", served))
        door = Door(stack.enter_context(_nginx(folder)), served)

        def run(client: FlaskClient, environ: dict[str, Any], buffered: bool = False) -> Any:
            client._add_cookies_to_wsgi(environ)
            body, status, headers = door.run(client.application, environ)
            cookies = [value for key, value in headers if key.lower() == "set-cookie"]
            client._update_cookies_from_response(
                environ["HTTP_HOST"].partition(":")[0], environ["PATH_INFO"], cookies
            )
            return body, status, Headers(headers)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FlaskClient, "run_wsgi_app", run)
            yield


@contextmanager
def _gunicorn(path: Path, served: "WeakValueDictionary[str, Flask]") -> Iterator[None]:
    """Serve in threads of this process what a gunicorn serves in its own."""
    shipped = runpy.run_path(str(ROOT / "deploy/gunicorn.conf.py"))
    settings = Config()
    settings.set("errorlog", "/dev/null")
    for name in ("limit_request_line", "post_request"):
        settings.set(name, shipped[name])

    def ask(environ: dict[str, Any], start: Any) -> Any:
        name = environ.pop("HTTP_" + APPLICATION.upper().replace("-", "_"))
        environ.pop("HTTP_" + ADDRESS.upper().replace("-", "_"), None)
        return served[name].wsgi_app(environ, start)

    worker = SyncWorker(0, 0, [], None, 60, settings, Logger(settings))
    worker.wsgi = ask
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen(64)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, address = listener.accept()
                    Thread(
                        target=worker.handle, args=(listener, client, address), daemon=True
                    ).start()

        Thread(target=accept, daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
    worker.tmp.close()


@contextmanager
def _nginx(folder: Path) -> Iterator[int]:
    port = free_port()
    folder.chmod(0o755)
    nginx.certify(folder, NAME)
    shutil.copytree(ROOT / "deploy/nginx", folder / "deploy")
    for copied in (folder / "deploy").rglob("*.conf"):
        copied.write_text(_moved(copied.read_text("utf-8"), folder, port), "utf-8")
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, host=HOST, user=USER), "utf-8")
    for each in ("portail.conf", "commune.conf"):
        shutil.copy(folder / "deploy" / each, folder)
    with subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"]) as server:
        try:
            wait_for(partial(succeeds, partial(_knock, port), OSError), "nginx does not answer")
            yield port
        finally:
            server.terminate()


def _knock(port: int) -> None:
    socket.create_connection((HOST, port)).close()


def _moved(text: str, folder: Path, port: int) -> str:
    """Have a file of `deploy/nginx` mean this folder and this port, and count no flood."""
    text = nginx.listening(text, free_port(), port)
    for there, here in {
        # Whatever name the town of a test has; whose is none's is told in tests/deploy.
        "server_name portail.commune.fr": f"server_name {NAME} ~.",
        "portail.commune.fr": NAME,
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/opt/portail/current/deploy/nginx": str(folder / "deploy"),
        "/run/portail/$commune/web.sock": str(folder / "web.sock"),
        "/var/log/nginx": str(folder),
        "rate=60r/m": "rate=9999r/s",
        "rate=30r/s": "rate=9999r/s",
    }.items():
        text = text.replace(there, here)
    return text
