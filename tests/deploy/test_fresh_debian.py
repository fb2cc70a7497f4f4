"""A newcomer follows the page on a Debian of nothing; by `make soak`, as it asks registries."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.deploy import page
from tests.deploy.debian import NAME, PROGRAMS, THEIR_ADDRESS, TOWN, Debian, installed
from tests.deploy.machine import ANSWERS
from tests.e2e.conftest import CHROMIUM, IDENTIFIER, SHELL, launch, sign_in
from tests.e2e.gallery import PHONE
from tests.e2e.live import words_of
from tests.e2e.test_journey import (
    CHOSEN,
    LINK,
    ask_for_a_password,
    choose_a_password,
    sign_in_and_out,
)

# No engine of containers runs in namespaces such as these.
NOT_TYPED = "docker"
ANSWERED = {
    "sudo portail saint-exemple instance create": (*ANSWERS, "25", "", ""),
    "sudo certbot": (THEIR_ADDRESS, "Y", "N"),
}
# No database but a file, a telephone, nothing else.
OF_A_TOWN_AMONG_OTHERS = ("", "04 76 00 00 00", "", "", "", "")
# Of what nobody has told yet: who answers for what is published, and the hosting company.
TO_SEE_TO = {"Réglages"}
LINE = re.compile(r"^(OK|À VOIR|PANNE) +(\S.*?)  ", re.MULTILINE)


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    """A machine that has just been given."""
    missing = [each for each in PROGRAMS if not shutil.which(each)]
    if missing or os.geteuid():
        pytest.skip(f"asks root, and Debian’s debootstrap and pebble ({missing})")
    with installed(tmp_path) as made:
        yield made


@pytest.mark.soak
def test_a_newcomer_has_a_portal(debian: Debian, playwright: Playwright) -> None:
    """Every command of the page, from top to bottom; a parent comes; the machine starts again."""
    said = [(each, _type(debian, each)) for each in page.followed()]
    found = re.findall(LINE, next(words for typed, words in said if typed.endswith("doctor")))
    assert {name for state, name in found if state != "OK"} <= TO_SEE_TO, found
    assert len(found) > len(TO_SEE_TO)
    _nothing_is_open(debian)
    debian.run("systemctl", "start", f"portail-night@{TOWN}")
    _a_slip_is_told(debian)
    _a_parent_comes(debian, playwright)
    later = [each for each in page.commands() if each not in page.followed()]
    for command in dict.fromkeys(later):
        if not command.startswith(NOT_TYPED):
            _type(debian, command)
    _a_department_is_served(debian)
    assert debian.run("systemctl", "--failed", "--quiet") == ""
    debian.turn_off()
    debian.boot()
    # The world beside it was that of the machine that was on.
    resolved = ("--resolve", f"{NAME}:443:127.0.0.1")
    assert '"status":"ok"' in debian.run("curl", "--fail", *resolved, f"{debian.url}/sante/pret")


def _type(debian: Debian, command: str) -> str:
    answers = next((said for start, said in ANSWERED.items() if command.startswith(start)), ())
    return debian.type(command, answers)


def _nothing_is_open(debian: Debian) -> None:
    """What serves may do nothing, writes in one folder, and sees nobody's home."""
    process = debian.run("systemctl", "show", "--value", "-p", "MainPID", f"portail@{TOWN}").strip()
    status = dict(
        line.split(":\t", 1) for line in debian.run("cat", f"/proc/{process}/status").splitlines()
    )
    told = (status["NoNewPrivs"], status["Seccomp"], int(status["CapBnd"], 16))
    assert told == ("1", "2", 0)
    seen = ("nsenter", "--target", process, "--mount", "ls", "-A")
    assert debian.run(*seen, "/var/lib/portail").split() == [TOWN]
    assert debian.run(*seen, "/home") == ""
    settings = debian.path(f"/var/lib/portail/{TOWN}/settings.toml")
    assert settings.stat().st_mode & 0o777 == 0o600


def _a_slip_is_told(debian: Debian) -> None:
    """A reload changes nothing, a start is refused once and for all, with the sentence."""
    web = f"portail@{TOWN}"
    settings = debian.path(f"/var/lib/portail/{TOWN}/settings.toml")
    sound = settings.read_text("utf-8")
    settings.write_text(f'{sound}\nsmpt_host = "x"\n', "utf-8")
    debian.run("systemctl", "reload", web, checked=False)
    assert '"status":"ok"' in debian.run("curl", "--fail", f"{debian.url}/sante/pret")
    debian.run("systemctl", "restart", web, checked=False)
    said = debian.run("systemctl", "status", "--no-pager", "--full", web, checked=False)
    assert "vouliez-vous dire smtp_host" in said
    assert "Active: failed" in said
    settings.write_text(sound, "utf-8")
    debian.run("systemctl", "restart", web)


def _a_parent_comes(debian: Debian, playwright: Playwright) -> None:
    """By the link of the mail, over HTTPS, to a document that nginx hands over."""
    program = SHELL if SHELL.exists() else CHROMIUM
    there = debian.beside / "browser"
    there.write_text(
        f'#!/bin/sh\nexec nsenter --net --target {debian.leader} {program} "$@"\n', "utf-8"
    )
    there.chmod(0o755)
    with launch(playwright, there, f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
        context = browser.new_context(
            viewport=PHONE, base_url=debian.url, locale="fr-FR", ignore_https_errors=True
        )
        window = context.new_page()
        window.goto(words_of(ask_for_a_password(window, debian), LINK))
        choose_a_password(window)
        sign_in_and_out(window)
        sign_in(window, IDENTIFIER, CHOSEN)
        _take_a_document(window)
        context.close()


def _a_department_is_served(debian: Debian) -> None:
    """The page of many towns as well, beside the town that has its own processes."""
    for command in dict.fromkeys(page.commands(page.TOWNS)):
        debian.type(command, OF_A_TOWN_AMONG_OTHERS if "instance create" in command else ())
        if "communes.toml" in command:
            common = debian.path("/var/lib/portail/isere/settings.toml")
            words = common.read_text("utf-8").replace("smtp.departement.fr", "127.0.0.1")
            words = words.replace("departement.fr", "isere.fr").replace("starttls", "none")
            common.write_text(words.replace("587", "25"), "utf-8")
    for town in (TOWN, "allex"):
        # The page gives the first of them its certificate.
        ready = debian.run(
            "curl", "--fail", "--insecure", f"https://{town}.portail.isere.fr/sante/pret"
        )
        assert '"status":"ok"' in ready, town


def _take_a_document(window: Page) -> None:
    window.goto("/documents")
    with window.expect_download() as coming:
        window.locator("main .rows a").first.click()
    assert coming.value.path().read_bytes().startswith(b"%PDF-")
