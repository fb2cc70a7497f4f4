"""The towns of a department, served by one process as docs/plusieurs-communes.md says."""

import secrets
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

import config
from app import create_app, db
from configuring.towns import Place
from tests.deploy import page
from tests.deploy.machine import HOST, Machine, certify
from tests.deploy.visits import Answer, read, secured
from tests.support.people import settle_in
from tests.support.visitors import arrive

DOMAIN = "portail.isere.fr"
NAMES = {"saint-exemple": "Saint-Exemple", "allex": "Allex"}
# No database but a file, a telephone, nothing else.
ANSWERS = "\n04 76 00 00 00\n\n\n\n\n"


@pytest.fixture(scope="module")
def department(machine: Machine) -> Iterator[Machine]:
    """The machine serves two towns more; the second has what the first was asked for."""
    for command in page.section(page.TOWNS, "Le dossier des communes"):
        machine.type(command)
    folder = machine.path("/var/lib/portail/isere")
    common = folder / "settings.toml"
    words = common.read_text("utf-8").replace("portail.departement.fr", DOMAIN)
    words = words.replace("smtp.departement.fr", HOST).replace("starttls", "none")
    common.write_text(words.replace("587", str(machine.mailbox.port)), "utf-8")
    (folder / "allex").mkdir()
    (folder / "allex" / "settings.toml").write_text(
        f'secret_key = "{secrets.token_hex(32)}"\ntown_name = "Allex"\n'
    )
    _give_all(machine, folder)
    certify(machine, "isere", f"*.{DOMAIN}")
    for title in ("Une première commune", "Servir"):
        for command in page.section(page.TOWNS, title):
            machine.type(command, ANSWERS)
    yield machine
    for name in ("portail@isere", "portail-mail@isere"):
        machine.stop(name)


def _give_all(machine: Machine, folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        machine.give(each, 0o750 if each.is_dir() else 0o640)


def ask(machine: Machine, town: str, path: str, cookie: str = "") -> Answer:
    """Ask a town of the department, by its own name from the handshake on."""
    name = f"{town}.{DOMAIN}"
    connection = HTTPConnection(name)
    connection.sock = secured(machine, name)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        return read(connection)
    finally:
        connection.close()


def test_each_name_leads_to_its_town(department: Machine) -> None:
    """And to no other; a name of nobody names nobody."""
    for town, name in NAMES.items():
        answer = ask(department, town, "/connexion")
        assert answer.status == 200
        assert {each for each in NAMES.values() if each in answer.text} == {name}
        assert ask(department, town, "/sante/pret").status == 200
    nobody_s = ask(department, "nowhere", "/connexion")
    assert nobody_s.status == 421
    assert not any(each in nobody_s.text for each in NAMES.values())


def test_a_parent_s_file_is_handed_over_by_nginx(
    department: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the folder of their town; the same cookie in another town opens nothing."""
    # What is written here is given to the portal below.
    monkeypatch.setattr(config, "_refuse_root", lambda _instance: None)
    folder = department.path("/var/lib/portail/isere/allex")
    app = create_app(
        config.load({"PORTAIL_INSTANCE": str(folder)}, Place("allex", folder).common())
    )
    claire = arrive(app, settle_in(app).claire, "Allex", 2024)
    app.extensions[db.EXTENSION].dispose()
    _give_all(department, folder)
    path = f"/documents/{claire.has.ids['document']}"
    cookie = "; ".join(f"{name}={value}" for name, value in claire.browser.cookies().items())
    answer = ask(department, "allex", path, cookie)
    assert (answer.status, answer.body[:4]) == (200, b"%PDF")
    # nginx tells of a date; the portal does not.
    assert answer.headers["Last-Modified"]
    assert ask(department, "saint-exemple", path, cookie).status == 302
    assert ask(department, "allex", f"/prive/allex{path}", cookie).status == 404
