"""A department on the machine: towns that one process serves, as docs/plusieurs-communes.md says.

In one of them live two families, in whose every word stands what an attacker would write there.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

import config
from app import create_app, db
from configuring.towns import Place
from tests.deploy import page
from tests.deploy.machine import HOST, Machine, certify
from tests.deploy.visits import Answer, read, secured
from tests.support import markup
from tests.support.people import settle_in
from tests.support.visitors import Visitor, arrive

DOMAIN = "portail.isere.fr"
NAMES = {"saint-exemple": "Saint-Exemple", "allex": "Allex"}
HOME = "allex"
# No database but a file, a telephone, nothing else.
ANSWERS = "\n04 76 00 00 00\n\n\n\n\n"
# Closes what it may stand in, runs what it may run, is a template, and is one word without an end.
HOSTILE = "\"'--></textarea></title><img src=x onerror=alert(1)>{{7*7}}" + "W" * 60


@contextmanager
def served(machine: Machine) -> Iterator[Machine]:
    """Type the page; the second town has what the first was asked for."""
    for command in page.section(page.TOWNS, "Le dossier des communes"):
        machine.type(command)
    folder = machine.path("/var/lib/portail/isere")
    common = folder / "settings.toml"
    words = common.read_text("utf-8").replace("portail.departement.fr", DOMAIN)
    words = words.replace("smtp.departement.fr", HOST).replace("starttls", "none")
    common.write_text(words.replace("587", str(machine.mailbox.port)), "utf-8")
    (folder / HOME).mkdir()
    own = {
        "secret_key": secrets.token_hex(32),
        "town_name": NAMES[HOME],
        "town_address": f"1 place de la Mairie{HOSTILE}",
        "town_hours": f"le matin{HOSTILE}",
    }
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in own.items())
    (folder / HOME / "settings.toml").write_text("".join(lines))
    give_all(machine, folder)
    certify(machine, "isere", f"*.{DOMAIN}")
    for title in ("Une première commune", "Servir"):
        for command in page.section(page.TOWNS, title):
            machine.type(command, ANSWERS)
    yield machine
    for name in ("portail@isere", "portail-mail@isere"):
        machine.stop(name)


def two_families(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> tuple[Visitor, Visitor]:
    """Let two parents in, who have all that there can be; each thing is marked as theirs."""
    folder = machine.path(f"/var/lib/portail/isere/{HOME}")
    # What is written here is given to the portal below.
    monkeypatch.setattr(config, "_refuse_root", lambda _instance: None)
    monkeypatch.setattr(markup, "MARK", HOSTILE)
    # The checks of each page are for French, which this is not.
    monkeypatch.setattr("tests.support.browser.faults_of_new_page", lambda _page: [])
    common = Place(HOME, folder).common()
    app = create_app(config.load({"PORTAIL_INSTANCE": str(folder)}, common))
    with markup.in_every_word():
        people = markup.named_so(settle_in(app))
        one, other = (
            arrive(app, people.claire, "Bleuet", 2024),
            arrive(app, people.moreau, "Lavande", 2026),
        )
    app.extensions[db.EXTENSION].dispose()
    give_all(machine, folder)
    return one, other


def give_all(machine: Machine, folder: Path) -> None:
    """Make it the portal's, and let nginx read it."""
    for each in (folder, *folder.rglob("*")):
        machine.give(each, 0o750 if each.is_dir() else 0o640)


def cookie_of(visitor: Visitor | None) -> str:
    """Say what somebody's browser sends; a stranger's sends nothing."""
    cookies = visitor.browser.cookies() if visitor else {}
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@contextmanager
def connected(machine: Machine, town: str, source: str = HOST) -> Iterator[HTTPConnection]:
    """Be connected to a town by its own name, from the handshake on."""
    connection = HTTPConnection(f"{town}.{DOMAIN}")
    connection.sock = secured(machine, f"{town}.{DOMAIN}", source)
    try:
        yield connection
    finally:
        connection.close()


def ask(
    connection: HTTPConnection, path: str, visitor: Visitor | None = None, method: str = "GET"
) -> Answer:
    """Ask, with somebody's cookies or as a stranger."""
    connection.request(method, path, headers={"Cookie": cookie_of(visitor)} if visitor else {})
    return read(connection)
