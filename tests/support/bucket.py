"""A store behind the protocol of S3, on one's own machine."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import config
from tests.support.smtp_servers import free_port
from tests.support.waiting import succeeds, wait_for

KEYS = {"access_key_id": "portail", "secret_access_key": "secret-of-the-tests"}


@dataclass(frozen=True)
class Service:
    """A server that speaks S3, and its settings for the portal."""

    endpoint: str
    process: int

    def new_bucket(self, name: str) -> None:
        """Make a bucket, as the customer of a hosting company does."""
        self._ask(f"/{name}", "PUT")

    def forget_everything(self) -> None:
        """Empty it: every bucket is gone."""
        self._ask("/moto-api/reset", "POST")

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Take connections, and never answer."""
        os.kill(self.process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process, signal.SIGCONT)

    def customer(self, settings: config.Settings, files_url: str) -> config.Settings:
        """Give a town a key there, and have it keep its files at this address."""
        return replace(
            settings,
            files_url=files_url,
            s3_endpoint=self.endpoint,
            s3_access_key_id=KEYS["access_key_id"],
            s3_secret_access_key=KEYS["secret_access_key"],
        )

    def _ask(self, path: str, method: str) -> None:
        asked = urllib.request.Request(self.endpoint + path, method=method)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200


@contextmanager
def object_storage() -> Iterator[Service]:
    """Start one, in a process of its own."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    service = Service(f"http://127.0.0.1:{port}", server.pid)
    try:
        wait_for(partial(succeeds, service.forget_everything, OSError), "no store answers")
        yield service
    finally:
        server.terminate()
        server.wait()
