"""What attackers try over the whole stack, nginx in front, as a department serves its towns."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Dialog, Page, Playwright

from tests.deploy import visits
from tests.deploy.department import DOMAIN, HOME, HOSTILE, ask, connected, cookie_of
from tests.deploy.machine import HOST, NAME, Machine
from tests.e2e.conftest import CHROMIUM, SHELL, launch
from tests.e2e.gallery import PHONE
from tests.support.doors import DOORS
from tests.support.visitors import Visitor

Families = tuple[Visitor, Visitor]
URL = f"https://{HOME}.{DOMAIN}"
# Whose body is no page; each is drawn anew for whoever asks.
FILES = re.compile(r"/(pdf|csv|photo|fichier)\b|/pieces/|^/documents/.|\.\w+$")
# What a word made of itself, what does not fit the screen, what is read.
LOOK = """() => {
    const opening = each => each.outerHTML.slice(0, 90);
    const all = [...document.body.querySelectorAll("*")];
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth > width
        ? all.filter(each => each.getBoundingClientRect().right > width + 1) : [];
    return [all.filter(each => each.matches("[onerror], img[src=x]")).map(opening),
            wide.slice(0, 3).map(opening), document.body.innerText];
}"""
SIGN_IN = "/connexion"


def theirs(visitor: Visitor) -> Iterator[str]:
    """Go through the addresses that name things of somebody's."""
    for door in DOORS:
        if "GET" in visitor.methods(door):
            [values] = door.of(visitor.has.ids)
            yield visitor.browser.address(door.endpoint, **values)


def test_what_is_one_family_s_opens_to_nobody_else(department: Machine, families: Families) -> None:
    """Each address that names something, for the other family and for a stranger, whole or not."""
    claire, paul = families
    addresses = sorted(set(theirs(claire)) - {f"/attestations/{claire.has.year}"})
    assert len(addresses) > 10
    with connected(department, HOME, "127.0.2.1") as connection:
        for path in addresses:
            for method in ("GET", "HEAD"):
                answer = ask(connection, path, paul, method)
                assert answer.status == 404, path
                assert claire.has.mark not in answer.text, path
                assert claire.has.mark not in str(answer.headers), path
    with connected(department, HOME, "127.0.2.2") as connection:
        for path in addresses:
            answer = ask(connection, path)
            assert (answer.status, answer.headers["Location"][:10]) == (302, SIGN_IN), path
            assert claire.has.mark not in answer.text, path


FORGED = (
    ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example;proto=http"),
    ("X-Host", "evil.example"), ("X-Original-URL", "/evil"), ("X-Rewrite-URL", "/evil"),
    ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Proto", "evil"), ("X-Forwarded-Port", "666"),
    ("X-Forwarded-Server", "evil.example"), ("X-HTTP-Method-Override", "DELETE"),
    ("Host", f"{NAME}:666"), ("Host", NAME.upper()), ("Host", f"{NAME}."),
)  # fmt: skip
ABSOLUTE = re.compile(r"https?://[^\s\"'<>]+")


@pytest.mark.parametrize(("header", "value"), FORGED, ids=str)
def test_a_forged_word_changes_no_page(machine: Machine, header: str, value: str) -> None:
    """The same page, the same addresses in it, whatever a visitor says of whom they ask."""
    honest = visits.ask(machine, "/mot-de-passe-oublie")
    forged = visits.ask(machine, "/mot-de-passe-oublie", {header: value})
    assert forged.status == 200
    assert ABSOLUTE.findall(forged.text) == ABSOLUTE.findall(honest.text)
    for said in (forged.text, str(forged.headers)):
        assert not re.search("evil|666", said.replace(forged.headers["X-Request-ID"] or "", ""))


@pytest.fixture(scope="module")
def phone(playwright: Playwright, department: Machine) -> Iterator[Chromium]:
    """A browser for which every name of the department leads to the machine."""
    resolved = f"--host-resolver-rules=MAP *.{DOMAIN}:443 {HOST}:{department.https}"
    with launch(playwright, SHELL if SHELL.exists() else CHROMIUM, resolved) as browser:
        yield browser


@pytest.fixture
def window(phone: Chromium, families: Families) -> Iterator[Page]:
    """Claire's telephone, signed in."""
    context = phone.new_context(viewport=PHONE, base_url=URL, ignore_https_errors=True)
    pairs = (pair.split("=", 1) for pair in cookie_of(families[0]).split("; "))
    context.add_cookies([{"name": name, "value": value, "url": URL} for name, value in pairs])
    yield context.new_page()
    context.close()


def test_hostile_words_are_words(window: Page, families: Families) -> None:
    """On every page of a parent whose every word is hostile: nothing runs, nothing comes apart."""
    ran: list[str] = []

    def note(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            ran.append(line.text)

    def refuse(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    window.on("console", note)
    window.on("dialog", refuse)
    faults, read = [], 0
    for path in families[0].addresses():
        if FILES.search(path):
            continue
        # How wide it is hangs on its sheets.
        window.goto(path, wait_until="load")
        made, wide, words = window.evaluate(LOOK)
        faults += [f"{path}: {fault}" for fault in (*made, *wide)]
        read += HOSTILE in words
    assert faults == []
    assert ran == []
    assert read > 10
