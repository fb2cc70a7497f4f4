"""A portal that is watched: two workers, counted together, as gunicorn runs them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

import config
from app import create_app
from tests.support.databases import NewDatabase
from tests.support.people import People, settle_in
from tests.support.serving import ROOT, Answer, ask, children, served
from tests.support.smtp_servers import free_port

TOKEN = "0b51f7c99ad24ce8a3f60e7d2b18c45f6e90d3a7b2c84f15"


@dataclass(frozen=True)
class Watched:
    """A portal with metrics, and what the tests do around it."""

    port: int
    environ: dict[str, str]
    gunicorn: subprocess.Popen[bytes]
    # The same town, in this process and without metrics, to prepare what is counted.
    app: Flask
    people: People

    @property
    def counted_in(self) -> Path:
        """Where the processes count."""
        return Path(self.environ["PORTAIL_INSTANCE"]) / "metrics" / socket.gethostname()

    def ask(
        self, path: str, method: str = "GET", form: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        """Ask for an address; any worker answers."""
        return ask(self.port, path, method, form, **headers)

    def exposition(self) -> str:
        """Read the metrics as Prometheus does."""
        answer = self.ask("/metrics", Authorization=f"Bearer {TOKEN}")
        assert answer.status == 200, answer.text
        return answer.text

    def samples(self) -> list[Sample]:
        families = text_string_to_metric_families(self.exposition())
        return [sample for family in families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """Add up the samples that have these labels."""
        return sum(
            sample.value
            for sample in self.samples()
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def flask(self, *words: str) -> None:
        """Run a command in a process of its own, with the same settings."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        subprocess.run(command, cwd=ROOT, env=self.environ, check=True, capture_output=True)

    def workers(self) -> set[int]:
        """Find the processes that answer."""
        return children(self.gunicorn)


@pytest.fixture(scope="module")
def watched(new_sqlite: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One for a module: each test looks at what it adds."""
    instance = tmp_path_factory.mktemp("watched")
    url = new_sqlite()
    app = create_app(config.Test(instance=instance, database_url=url))
    environ = {
        "PATH": os.environ["PATH"],
        "PORTAIL_ENV": "test",
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_DATABASE_URL": url,
        "PORTAIL_METRICS_TOKEN": TOKEN,
    }
    port = free_port()
    with served(port, environ) as gunicorn:
        yield Watched(port, environ, gunicorn, app, settle_in(app))
    app.extensions["portail.engine"].dispose()
