"""The doctor asks at the address that families type, as they would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.services.doctor import public_address
from app.services.doctor.findings import Finding, Verdict
from tests.services.doctor.conftest import Patient, verdicts
from tests.support.smtp_servers import HOST, certificate, free_port, server_context

OK, LOOK, BROKEN = Verdict
READY = '{"database": "ok", "mail": "retard", "status": "retard"}'
DOWN = '{"database": "ok", "files": "panne", "schema": "panne", "status": "panne"}'
Asked = Callable[[int, str], list[Finding]]


@contextmanager
def answering(status: int, text: str, shown: Path) -> Iterator[str]:
    """Answer so over HTTPS, whatever is asked but readiness."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/sante/pret"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer((HOST, 0), Handler) as server:
        server.socket = server_context(shown).wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def asked(patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What is found when the address answers so, by a certificate that everybody believes."""
    shown = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))

    def ask(status: int, text: str) -> list[Finding]:
        with answering(status, text, shown) as url:
            return patient.found(public_address.check, public_url=url)

    return ask


def test_an_address_that_is_ready(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails that wait are told by another line; a certificate that ends the day after is told."""
    found = asked(200, READY)
    assert verdicts(found) == [OK, LOOK]
    assert "certificat" in found[1].said
    monkeypatch.setattr(public_address, "SOON", timedelta(0))
    assert verdicts(asked(200, READY)) == [OK]


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (503, DOWN, "files, schema en panne"),
        (200, "<html>Bienvenue chez votre hébergeur", "ce n’est pas ce portail"),
        (404, "[]", "ce n’est pas ce portail"),
    ],
)
def test_an_address_that_is_not_ready(asked: Asked, status: int, text: str, said: str) -> None:
    found = asked(status, text)[0]
    assert found.verdict is BROKEN
    assert said in found.said


def test_a_certificate_that_nobody_believes(patient: Patient, tmp_path: Path) -> None:
    with answering(200, READY, certificate(tmp_path)) as url:
        [found] = patient.found(public_address.check, public_url=url)
    assert found.verdict is BROKEN
    assert "certbot" in found.remedy


def test_an_address_that_leads_nowhere(patient: Patient) -> None:
    """Some networks do not lead back to themselves: only somebody outside can tell."""
    [found] = patient.found(public_address.check, public_url=f"https://{HOST}:{free_port()}")
    assert (found.verdict, "ne répond pas d’ici" in found.said) == (LOOK, True)
