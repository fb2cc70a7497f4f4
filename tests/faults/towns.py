"""A town whose web process sends its mails itself, in processes of its own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from flask import Flask

import config
from app import create_app
from app.services.files import stores
from tests.support.databases import engine_of
from tests.support.people import People, settle_in
from tests.support.serving import Visitor, served
from tests.support.smtp_servers import HOST, free_port

# As many threads as shipped. The code is read once, so that a killed worker's successor begins at
# once.
ONE_WORKER = ("--workers", "1", "--threads", "8", "--preload")
FORGOTTEN, SIGN_IN = "/mot-de-passe-oublie", "/connexion"


@dataclass(frozen=True)
class Town:
    """What serves it, and the same town in this process, to look at its rows."""

    app: Flask
    people: People
    port: int
    smtp_port: int
    environ: dict[str, str]
    gunicorn: "Popen[bytes]"

    def visitor(self) -> Visitor:
        """Somebody whom nobody knows yet."""
        return Visitor(self.port)


@contextmanager
def started(instance: Path, url: str, environ: Mapping[str, str] | None = None) -> Iterator[Town]:
    """Serve the cast until the block ends."""
    app = create_app(config.Test(instance=instance, database_url=url, mail_delivery="worker"))
    people = settle_in(app)
    with app.app_context():
        stores.store().check()
    port, smtp_port = free_port(), free_port()
    everything = {
        "PATH": os.environ["PATH"],
        "PORTAIL_ENV": "test",
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_DATABASE_URL": url,
        "PORTAIL_MAIL_BACKEND": "smtp",
        "PORTAIL_MAIL_DELIVERY": "thread",
        "PORTAIL_SMTP_HOST": HOST,
        "PORTAIL_SMTP_PORT": str(smtp_port),
        "PORTAIL_SMTP_TIMEOUT": "25",
        **(environ or {}),
    }
    with served(port, everything, ONE_WORKER) as gunicorn:
        yield Town(app, people, port, smtp_port, everything, gunicorn)
    engine_of(app).dispose()
