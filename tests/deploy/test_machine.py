"""The machine that a newcomer gets by following the page: what visitors, honest or not, meet."""

import json
import re
import ssl
import subprocess
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright

from app.services.files.uploads import MOST_BYTES
from app.web.security import HEADERS, ONE_YEAR_HSTS
from tests.deploy import page
from tests.deploy.machine import HOST, NAME, TOWN, Machine
from tests.deploy.visits import ask, ask_by, ask_in_clear, secured
from tests.e2e.conftest import CHROMIUM, IDENTIFIER, SHELL, launch, sign_in
from tests.e2e.gallery import PHONE
from tests.e2e.live import words_of
from tests.e2e.test_journey import (
    CHOSEN,
    LINK,
    SECRET,
    ask_for_a_password,
    choose_a_password,
    sign_in_and_out,
)

ALL_HEADERS = HEADERS | {"Strict-Transport-Security": ONE_YEAR_HSTS}
STYLESHEET = re.compile(r'href="(/static/portail\.css\?v=([0-9a-f]{12}))"')
ELSEWHERE = "127.0.0.2"
CHOOSE = "/mot-de-passe/choisir"


@pytest.fixture(scope="module")
def phone(playwright: Playwright, machine: Machine) -> Iterator[Chromium]:
    """A browser for which the town's name leads to the machine."""
    resolved = f"--host-resolver-rules=MAP {NAME}:443 {HOST}:{machine.https}"
    with launch(playwright, SHELL if SHELL.exists() else CHROMIUM, resolved) as browser:
        yield browser


def test_a_parent_gets_in_over_https(machine: Machine, phone: Chromium) -> None:
    """The whole journey, by the link of the mail; no log of the machine has any of its secrets."""
    # Nobody knows the authority of the certificate; other tests check it.
    context = phone.new_context(
        viewport=PHONE, base_url=machine.url, locale="fr-FR", ignore_https_errors=True
    )
    window = context.new_page()
    mail = ask_for_a_password(window, machine)
    link = words_of(mail, LINK)
    assert link.startswith(f"{machine.url}/")
    window.goto(link)
    choose_a_password(window)
    sign_in_and_out(window)
    keep_a_document(machine, window)
    context.close()
    for name, log in machine.logs().items():
        assert link.rpartition("/")[2] not in log, name
        assert words_of(mail, SECRET) not in log, name
    assert oct((machine.instance / "settings.toml").stat().st_mode)[-3:] == "600"


def keep_a_document(machine: Machine, window: Page) -> None:
    """nginx sends it, whole or in part, as the portal would."""
    sign_in(window, IDENTIFIER, CHOSEN)
    window.goto("/documents")
    address = window.locator("main .rows a").first.get_attribute("href")
    assert address
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in window.context.cookies())
    whole = ask(machine, address, {"Cookie": cookies})
    part = ask(machine, address, {"Cookie": cookies, "Range": "bytes=0-4"})
    assert (whole.status, part.status, part.body) == (200, 206, b"%PDF-")
    assert whole.headers["Content-Type"] == "application/pdf"
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["Cache-Control"] == "no-store"
    # The portal tells of no date.
    assert whole.headers["Last-Modified"]
    assert {name: whole.headers[name] for name in ALL_HEADERS} == ALL_HEADERS
    assert ask(machine, address).status == 302


def test_the_logs_open_nothing(machine: Machine) -> None:
    """A link is opened, as it is and as a scanner may write it; who reads the logs gets nowhere."""
    machine.mailbox.received.clear()
    machine.type(f"sudo portail {TOWN} credentials send 38162436")
    path = words_of(machine.mail_to("mai.nguyen@exemple.fr"), LINK).removeprefix(machine.url)
    token = path.rpartition("/")[2]
    written = (path, path.replace("/lien/", "/%6Cien/"), f"{path}?utm_source=courriel")
    for each in written:
        assert ask(machine, each).headers["Location"] == CHOOSE
    ask(machine, path, {"Content-Length": str(MOST_BYTES + 1)}, form=b"x")
    ask_in_clear(machine, path)
    ask(machine, "/connexion", {"Referer": f"{machine.url}{path}"})
    logs = machine.logs()
    assert [name for name, log in logs.items() if token in log] == []
    lines = logs["portail.access.log"].splitlines()
    addresses = {json.loads(line)["address"] for line in lines}
    by_gunicorn = {found[1] for found in re.finditer(r'"\w+ (/\S*)"', logs[f"portail@{TOWN}.log"])}
    assert "/mot-de-passe/lien/…" in addresses & by_gunicorn
    for address in addresses | by_gunicorn:
        answer = ask(machine, address.replace("…", "%E2%80%A6"), source="127.0.0.3")
        assert answer.headers["Location"] != CHOOSE, address


def test_nginx_says_as_much_as_the_portal(machine: Machine) -> None:
    """Security headers on whatever it answers itself, a page in French where it is an error."""
    css = STYLESHEET.search(ask(machine, "/connexion").text)
    assert css
    answers = {
        200: ask(machine, css[1]),
        404: ask(machine, "/prive/settings.toml"),
        413: ask(machine, "/connexion", {"Content-Length": str(MOST_BYTES + 1)}, form=b"x"),
        414: ask(machine, f"/{'x' * 9000}"),
        400: ask(machine, "/", {"Content-Length": "x"}),
    }
    for status, answer in answers.items():
        assert answer.status == status
        assert {name: answer.headers.get_all(name) for name in ALL_HEADERS} == {
            name: [value] for name, value in ALL_HEADERS.items()
        }
        if status >= 400:
            assert '<html lang="fr">' in answer.text
            assert "nginx" not in answer.text
    # The portal's own are not doubled.
    assert ask(machine, "/connexion").headers.get_all("X-Frame-Options") == ["DENY"]


def test_gunicorn_s_own_errors_are_no_exception(machine: Machine) -> None:
    """A word that is no method passes nginx, never the portal."""
    answer = ask_by(machine, "AB")
    assert (answer.status, b"Invalid" in answer.body) == (400, True)
    assert {name: answer.headers.get_all(name) for name in ALL_HEADERS} == {
        name: [value] for name, value in ALL_HEADERS.items()
    }
    # A long address is the portal's to answer.
    assert ask(machine, f"/{'x' * 5000}").status == 404


def test_a_portal_that_is_away_is_told(machine: Machine) -> None:
    """nginx says when to come back, with the headers of the portal."""
    socket_file = machine.path(f"/run/portail/{TOWN}/web.sock")
    away = socket_file.rename(socket_file.with_suffix(".away"))
    try:
        answer = ask(machine, "/connexion")
    finally:
        away.rename(socket_file)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "Le portail est momentanément indisponible" in answer.text
    assert {name: answer.headers[name] for name in ALL_HEADERS} == ALL_HEADERS
    assert ask(machine, "/connexion").status == 200


def test_a_name_that_is_no_town_s_gets_no_answer(machine: Machine) -> None:
    """In the clear, by a handshake for another name, and by another name after ours."""
    with pytest.raises(RemoteDisconnected):
        ask_in_clear(machine, "/connexion", host="evil.example")
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        secured(machine, "evil.example")
    with pytest.raises(RemoteDisconnected):
        ask(machine, "/connexion", host="evil.example")
    # But the question of an authority, before the town has a certificate and after.
    proof = machine.path("/var/www/html/.well-known/acme-challenge/proof")
    proof.parent.mkdir(parents=True, exist_ok=True)
    proof.write_text("ours")
    for name in ("new-town.example", NAME):
        answer = ask_in_clear(machine, "/.well-known/acme-challenge/proof", host=name)
        assert (answer.status, answer.text) == (200, "ours")
    assert ask_in_clear(machine, "/releve?x=1").headers["Location"] == f"{machine.url}/releve?x=1"


@pytest.mark.parametrize(
    ("version", "spoken"), [("tls1_1", False), ("tls1_2", True), ("tls1_3", True)]
)
def test_old_versions_of_tls_are_not_spoken(machine: Machine, version: str, spoken: bool) -> None:
    """Mozilla's intermediate profile; the visitor here would speak any."""
    outcome = subprocess.run(
        ["openssl", "s_client", "-connect", f"{HOST}:{machine.https}", "-servername", NAME,
         f"-{version}", "-cipher", "ALL:@SECLEVEL=0"],
        input=b"", capture_output=True, check=False,
    )  # fmt: skip
    assert (outcome.returncode == 0) == spoken, outcome.stderr


def test_a_visitor_s_word_for_a_proxy_is_not_taken(machine: Machine) -> None:
    """The journal has the true address, and the mail the true name."""
    machine.mailbox.received.clear()
    forged = {
        "X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7;host=evil.example",
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http",
        "X-Request-ID": "evil-request-id", "X-Real-IP": "198.51.100.7",
    }  # fmt: skip
    page_ = ask(machine, "/mot-de-passe-oublie", forged)
    csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page_.text)
    assert csrf
    cookie = page_.headers["Set-Cookie"].partition(";")[0]
    sent = {**forged, "Cookie": cookie, "Referer": machine.url}
    form = f"csrf_token={csrf[1]}&identifier=38162469".encode()
    answer = ask(machine, "/mot-de-passe-oublie", sent, form=form, source=ELSEWHERE)
    assert answer.status == 302, answer.text
    mail = machine.mail_to("ines.martinez@exemple.fr")
    assert words_of(mail, LINK).startswith(f"{machine.url}/")
    logs = machine.logs()
    assert f'"address": "{ELSEWHERE}"' in logs[f"portail@{TOWN}.log"]
    assert not [name for name, log in logs.items() if "198.51.100.7" in log or "evil" in log]


def test_pages_are_compressed_where_nothing_is_reflected(machine: Machine) -> None:
    """A page with a query may show it beside a token (BREACH); a static file has neither."""
    asked = {"Accept-Encoding": "gzip"}
    plain, reflecting = (ask(machine, path, asked) for path in ("/connexion", "/connexion?next=/"))
    assert plain.headers["Content-Encoding"] == "gzip"
    assert reflecting.headers["Content-Encoding"] is None
    css = STYLESHEET.search(reflecting.text)
    assert css
    packed, whole = ask(machine, css[1], asked), ask(machine, css[1])
    assert packed.headers["Content-Encoding"] == "gzip"
    assert whole.headers["Content-Encoding"] is None
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    cached = machine.path(f"/var/cache/portail/{css[2]}/static/portail.css")
    assert whole.body == cached.read_bytes()
    # Another version than ours is the portal's to answer, and nobody keeps it.
    for version in ("0123456789ab", "../../..", ""):
        other = ask(machine, f"/static/portail.css?v={version}")
        assert (other.status, other.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("door", "source"),
    [("/connexion", "127.0.0.9"), ("/mot-de-passe-oublie", "127.0.0.10")],
)
def test_a_flood_is_stopped_at_the_door(machine: Machine, door: str, source: str) -> None:
    """Of passwords tried, or asked for, from one address; from another, one goes on."""
    # A second gives one more, however long the machine takes for each.
    passed = 0
    while (refused := ask(machine, door, form=b"x=1", source=source)).status != 429:
        passed += 1
        assert passed < 300
    assert passed >= 40
    assert refused.headers["Retry-After"] == "30"
    assert "Un instant" in refused.text
    assert ask(machine, door, form=b"x=1", source=ELSEWHERE).status != 429


def test_each_command_of_the_page_is_run_or_has_a_reason(machine: Machine) -> None:
    """Those that come after the start: every day, a new version, another setting."""
    later = [each for each in page.commands() if each not in page.followed()]
    assert later
    # One that the page says twice does the same twice.
    for command in dict.fromkeys(later):
        machine.type(command)
    assert ask(machine, "/connexion").status == 200
    reasons = {page.why_not_run(command) for command in page.commands()} - {""}
    assert reasons == set(page.NOT_RUN.values())


def test_both_pages_type_the_same() -> None:
    """The English twin has the same commands, in the same order."""
    assert page.commands(page.TWIN) == page.commands(page.PAGE)


def test_the_packages_of_the_page_are_those_of_the_tests() -> None:
    listed = Path(page.ROOT / "tests" / "system-packages.txt").read_text("utf-8")
    [install] = [each for each in page.commands() if "apt-get install" in each]
    for package in install.partition("recommends ")[2].split():
        assert package in page.ELSEWHERE or re.search(rf"^{package}\b", listed, re.MULTILINE), (
            package
        )
