"""Whatever is sent, on every route, nothing ever breaks: no 5xx.

What may reach a database is sent on both.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from urllib.parse import quote

import pytest
from flask import Flask, request
from werkzeug.routing import Rule

import config
from app import create_app, db
from tests.support.browser import Browser
from tests.support.people import People

pytestmark = pytest.mark.usefixtures("papers_laid_out_once")

refused_before_any_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MEGABYTE = "x" * 1_000_000
NASTY = {
    "NUL": "a\x00b",
    "lone surrogate": "\udcff",
    "every control": "".join(map(chr, range(32))),
    "30 digits": "9" * 30,
    "full-width digits": "３８１６２３８６",
    "superscript": "²",
    "line ends": "x\r\nBcc: z@evil.example",
    "quote": "'; DROP TABLE account; --",
    "template": "{{ 7*7 }}",
    "markup": "<script>alert(1)</script>",
    "right to left": "\u202e\u2066",
    "long": "é" * 5_000,
}
BAD_BYTES = b"\xff\xfe\xc3\x28\xed\xa0\x80"
ARGUMENTS = ("next", "page", "recherche", "filtre")
FIELDS = (
    "identifier", "password", "new_password", "confirmation", "current_password", "address",
    "messages", "title", "last_name", "first_name", "street", "postcode", "city",
    "phone", "mobile", "work_phone", "reply", "key",
    "child", "invoice", "days", "starts_on", "text", "step", "files",
)  # fmt: skip


def rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def visitors(app: Flask, people: People) -> Iterator[Browser]:
    yield Browser(app)
    parent = Browser(app)
    parent.sign_in(people.zest)
    yield parent


def encode(text: str) -> str:
    return quote(text, errors="surrogatepass", safe="")


def paths(rule: Rule) -> Iterator[str]:
    """The rule with each nasty text in place of each argument, and behind a question mark."""
    for text in NASTY.values():
        path = str(rule)
        for name in rule.arguments:
            path = "/".join(
                encode(text) if part.startswith("<") and part.endswith(f"{name}>") else part
                for part in path.split("/")
            )
        asked = "&".join(f"{name}={encode(text)}" for name in ARGUMENTS)
        yield f"{path}?{asked}&{encode(text)}=1"


def test_no_address_breaks_a_page(app: Flask, people: People) -> None:
    for visitor in visitors(app, people):
        for rule in rules(app, "GET"):
            for path in [*paths(rule), f"{rule}?next=%ff%fe&page=%c3%28"]:
                answer = visitor.fetch(path)
                assert answer.status_code < 500, f"GET {path!r} answers {answer.status}"


def test_no_form_breaks_a_page(app: Flask, people: People) -> None:
    for visitor in visitors(app, people):
        token = visitor.visit("/").csrf_token
        for rule in rules(app, "POST"):
            for what, text in NASTY.items():
                body = {name: text.encode("utf-8", "surrogatepass") for name in FIELDS}
                answer = visitor.client.post(
                    str(rule), data={**body, "csrf_token": token}, base_url=visitor.base_url
                )
                assert answer.status_code < 500, f"POST {rule} with {what}: {answer.status}"


@pytest.mark.parametrize(
    "target",
    ["/static/nope.css", "/static/../../config.py", "/static/%2e%2e/x", "\x00", "\udcff"],
)
def test_no_next_page_leads_astray(app: Flask, people: People, target: str) -> None:
    """A link made by somebody else still lets a parent in, and home."""
    parent = Browser(app)
    form = parent.visit(f"/connexion?next={encode(target)}")
    typed = {"Identifiant": people.zest.identifier, "Mot de passe": people.zest.password or ""}
    assert form.fill(typed).submit("Connexion").endpoint == "family.home"


BODIES = {
    "bad UTF-8": ("application/x-www-form-urlencoded", b"identifier=" + BAD_BYTES),
    "bad escapes": ("application/x-www-form-urlencoded", b"identifier=%ff%fe%zz%"),
    "20,000 fields": (
        "application/x-www-form-urlencoded",
        "&".join(f"f{n}=1" for n in range(20_000)).encode(),
    ),
    "one field 20,000 times": ("application/x-www-form-urlencoded", b"password=1&" * 20_000),
    "1 MB field": ("application/x-www-form-urlencoded", f"password={MEGABYTE}".encode()),
    "1 MB of file": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="password"; filename="x"\r\n\r\n'
        + MEGABYTE.encode()
        + b"\r\n--b--\r\n",
    ),
    "2,000 parts": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="identifier"\r\n\r\n1\r\n' * 2_000
        + b"--b--\r\n",
    ),
    "broken multipart": ("multipart/form-data", b"--b\r\nnothing"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=klingon", b"identifier=1"),
    "JSON": ("application/json", b'{"identifier": {"a": [1]}}'),
    "bad JSON": ("application/json", b"{"),
    "nothing": ("", b""),
}


@refused_before_any_database
def test_no_body_breaks_a_page(app: Flask, people: People) -> None:
    for visitor in visitors(app, people):
        for rule in rules(app, "POST"):
            for what, (content_type, body) in BODIES.items():
                answer = visitor.client.post(
                    str(rule), data=body, content_type=content_type, base_url=visitor.base_url
                )
                assert answer.status_code < 500, f"POST {rule} with {what}: {answer.status}"


@refused_before_any_database
@pytest.mark.parametrize("fields", ["f=1&", "&", "f&"])
def test_too_many_fields_are_not_even_parsed(app: Flask, fields: str) -> None:
    """30,000 of them cost whoever sends them nothing, and us a fifth of a second.

    Those of an address are as many as nginx lets through: it refuses one over 8 KB itself.
    """

    @app.before_request
    def note() -> None:
        parsed.append("form" in vars(request))

    parsed: list[bool] = []
    stranger = Browser(app)
    sent = {"base_url": stranger.base_url, "content_type": "application/x-www-form-urlencoded"}
    assert stranger.client.post("/connexion", data=fields * 30_000, **sent).status_code == 413
    assert stranger.client.get(f"/connexion?{fields * 1_900}", **sent).status_code == 413
    assert parsed == []
    assert stranger.client.post("/connexion", data=fields * 900, **sent).status_code < 400


HEADERS = ("Cookie", "User-Agent", "Referer", "Accept-Language", "Range", "If-Modified-Since")
NASTY_HEADERS = ("\xff\xfe", "a=\x80; =; portail=.", "x" * 8_000, "bytes=9-1")


@refused_before_any_database
def test_no_header_breaks_a_page(app: Flask, people: People) -> None:
    for visitor in visitors(app, people):
        for name, text in product(HEADERS, NASTY_HEADERS):
            for path in ("/connexion", "/accueil", "/sante"):
                answer = visitor.client.get(path, headers={name: text}, base_url=visitor.base_url)
                assert answer.status_code < 500, f"{name} on {path}: {answer.status}"


@refused_before_any_database
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:99999", "[::1", "a b", "localhost.evil.example"]
)
def test_a_forged_host_gets_nothing(app: Flask, host: str) -> None:
    answer = app.test_client().get("/connexion", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text


def test_a_forged_address_breaks_nothing(settings: config.Settings) -> None:
    """An operator announces a proxy that is not there: visitors write their own address."""
    portal = create_app(replace(settings, proxies=1))
    stranger = Browser(portal)
    stranger.client.environ_base["HTTP_X_FORWARDED_FOR"] = "x" * 8_000
    page = stranger.get("auth.forgotten_password").fill({"Identifiant": "38162386"})
    assert page.submit("Recevoir le courriel").endpoint == "auth.forgotten_password_sent"
    portal.extensions[db.EXTENSION].dispose()
