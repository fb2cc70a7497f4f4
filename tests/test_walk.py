"""Nobody sees anything of another family: every address is tried, every page is read.

Two unrelated families, the separated parents of one child, and two guardians of one family, who
have between them what is of one of them alone.
"""

import html
import io
import re
from collections.abc import Iterator, Mapping
from itertools import permutations
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.databases import every_row
from tests.support.doors import DOORS, Door, rules
from tests.support.people import People
from tests.support.visitors import Visitor, arrive

pytestmark = pytest.mark.usefixtures("papers_laid_out_once")

COUPLES = {
    "unrelated": ("moreau", "claire"),
    "separated": ("claire", "marc"),
    "together": ("ines", "karim"),
}
MARKS = {
    "zest": "Glycine", "moreau": "Bleuet", "claire": "Pervenche", "marc": "Lavande",
    "ines": "Mimosa", "karim": "Anémone",
}  # fmt: skip
# What both have of each other.
SHARED = {
    "unrelated": set(),
    "separated": {"child", "missing_child"},
    "together": {thing for door in DOORS for thing in door.things.values()}
    - {"request", "file", "device"},
}
MISSING = {"year": "1999"}
NO_SUCH_ID = "0123456789abcdef"
METHODS = ("GET", "HEAD", "POST")
RANGE = {"Range": "bytes=0-3"}
# What changes from one answer to the next: proofs, names of sendings, references.
CHANGING = re.compile(r"(?<=value=\")[\w.-]{32,}(?=\")|(?<=<strong>)[0-9a-f]{6,32}(?=</strong>)")
QUERIES = (
    "/messages?filtre=archives", "/messages?filtre=non-lus", "/messages?page=2",
)  # fmt: skip


Couple = tuple[Visitor, Visitor]


@pytest.fixture(params=COUPLES)
def kind(request: pytest.FixtureRequest) -> str:
    """How the two are related."""
    return str(request.param)


@pytest.fixture
def couple(app: Flask, people: People, kind: str) -> Couple:
    """Both, signed in, with as much as there can be."""
    one, other = (
        arrive(app, getattr(people, name), MARKS[name], 2021 + 3 * number)
        for number, name in enumerate(COUPLES[kind])
    )
    return one, other


def test_no_door_is_forgotten(app: Flask) -> None:
    """A new page with an id belongs in tests/support/doors.py: nothing else would try it."""
    assert {rule.endpoint for rule in rules(app, with_id=True)} == {door.endpoint for door in DOORS}


def test_what_is_another_s_does_not_exist(app: Flask, couple: Couple, kind: str) -> None:
    """By no method, whole or in part, with nothing done; then its owner opens it."""
    before = every_row(app)
    for owner, other in permutations(couple):
        for door in DOORS:
            for values in foreign(door, owner, other, SHARED[kind]):
                refused(other, door, values)
    assert every_row(app) == before
    for owner in couple:
        for door in DOORS:
            let_in(owner, door)


def foreign(
    door: Door, owner: Visitor, other: Visitor, shared: set[str]
) -> Iterator[dict[str, str]]:
    """List the addresses that name something of the owner, and of the other at most besides."""
    for values in door.of(owner.has.ids, other.has.ids):
        things = [door.things[name] for name in values]
        if any(
            value == owner.has.ids[thing] and thing not in shared
            for thing, value in zip(things, values.values(), strict=True)
        ):
            yield values


def refused(other: Visitor, door: Door, values: Mapping[str, str]) -> None:
    """Each method gives what it gives of something that never was."""
    path = other.browser.address(door.endpoint, **values)
    missing = {name: MISSING.get(thing, NO_SUCH_ID) for name, thing in door.things.items()}
    nowhere = other.browser.address(door.endpoint, **missing)
    for method in METHODS:
        for headers in ({}, RANGE):
            answer = other.ask(path, method, door.form, **headers)
            expected = 404 if method in other.methods(door) else 405
            assert answer.status_code == expected, f"{method} {path}"
            compared = other.ask(nowhere, method, door.form, **headers)
            assert masked(answer, values) == masked(compared, missing), f"{method} {path} differs"


def let_in(owner: Visitor, door: Door) -> None:
    """All that was tried is there for its owner."""
    [values] = door.of(owner.has.ids)
    for method in owner.methods(door) - {"OPTIONS"}:
        path = owner.browser.address(door.endpoint, **values)
        answer = owner.ask(path, method, door.form)
        assert answer.status_code in {200, 302}, f"{method} {path} answers {answer.status}"


def masked(
    answer: TestResponse, values: Mapping[str, str]
) -> tuple[int, list[tuple[str, str]], str]:
    """Leave out what each answer has of its own, and the address that leads back to its form."""
    headers = sorted(
        (name, "…" if name in {"X-Request-Id", "Set-Cookie"} else value)
        for name, value in answer.headers
        if name != "Refresh"
    )
    leads_back = answer.headers.get("Refresh", "")
    for given in values.values():
        leads_back = leads_back.replace(given, "…")
    headers.append(("Refresh", leads_back))
    return answer.status_code, headers, CHANGING.sub("…", answer.text)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("kind_of_request", "argument", "field", "thing"),
    [
        ("facture", "facture", "invoice", "invoice"),
        ("fiche-enfant", "enfant", "child", "child"),
        ("photo", "enfant", "child", "child"),
    ],
)
def test_no_request_is_about_what_is_another_s(
    app: Flask, people: People, kind_of_request: str, argument: str, field: str, thing: str
) -> None:
    """An id in a question mark or in a field is worth no more than one in an address."""
    zest = arrive(app, people.zest, MARKS["zest"], 2021)
    moreau = arrive(app, people.moreau, MARKS["moreau"], 2022)
    path = f"/demandes/nouvelle/{kind_of_request}"
    before = every_row(app)
    seen = []
    for id_ in (NO_SUCH_ID, zest.has.ids[thing], NO_SUCH_ID):
        shown = moreau.ask(f"{path}?{argument}={id_}")
        assert id_ not in shown.text
        form = {field: id_, "text": "Bonjour", "step": "send", "files": ""}
        answer = moreau.ask(path, "POST", form)
        wrong = moreau.ask(answer.location)
        assert "Choisissez un" in wrong.text
        assert id_ not in wrong.text
        seen.append([masked(each, {}) for each in (shown, answer, wrong)])
    # The first of all gives the browser the key of its drafts.
    assert seen[1] == seen[2]
    assert every_row(app) == before
    assert zest.has.ids[thing] in zest.ask(f"{path}?{argument}={zest.has.ids[thing]}").text


def test_no_page_shows_anything_of_another(app: Flask, couple: Couple, kind: str) -> None:
    """Each opens every page, downloads included, the second one after all is warm."""
    if not printing.available():
        skip_or_fail("WeasyPrint cannot make PDFs here (Debian: libpango-1.0-0)")
    one, other = couple
    for visitor, neighbour in ((one, other), (other, one)):
        pages = dict(readings(visitor))
        theirs = words(neighbour, kind)
        for path, text in pages.items():
            found = [word for word in theirs if pattern(word).search(text)]
            assert not found, f"{visitor.person.first_name} reads {found} on {path}"
        for word in [*visitor.has.family_words, *words(visitor, kind)]:
            assert any(pattern(word).search(text) for text in pages.values()), f"nowhere: {word}"


def words(visitor: Visitor, kind: str) -> list[str]:
    """List what is of this guardian, and not of the other."""
    if kind == "together":
        return visitor.has.own_words
    photo = [f"Contenu photos {visitor.has.mark} 1"] if kind == "unrelated" else []
    family = [*visitor.has.family_words, visitor.person.first_name, balance(visitor)]
    return [*visitor.has.own_words, *family, *photo]


def balance(visitor: Visitor) -> str:
    page = visitor.browser.get("family.statement")
    figure = page.soup.select_one(".answer-figure")
    assert figure is not None
    return figure.get_text().strip().lstrip("-").removesuffix("€").strip()


def pattern(word: str) -> re.Pattern[str]:
    """Find a word whatever stands between its digits, and however its decimals are written."""
    first, *others = (
        "[.,]" if letter == "," else re.escape(letter) for letter in word if not letter.isspace()
    )
    # What begins with a letter is looked for four times as fast as what begins with a condition.
    return re.compile(r"\s*".join([rf"{first}(?<!\w{first})", *others]) + r"(?!\w)")


def readings(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Go through all that a visitor can read, each with its address."""
    for path in [*visitor.addresses(), *QUERIES]:
        yield path, read(visitor.ask(path))
    for path in visitor.downloads():
        answer = visitor.ask(path, "POST")
        assert answer.status_code == 200, f"{path} answers {answer.status}"
        yield path, read(answer)


def read(answer: TestResponse) -> str:
    """Return all the words of an answer, in whatever it is wrapped."""
    if answer.mimetype == "text/html":
        return html.unescape(answer.text)
    if answer.mimetype == "application/zip":
        archive = ZipFile(io.BytesIO(answer.data))
        files = (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        return " ".join([*archive.namelist(), *files])
    text = answer.data.decode("utf-8", "replace")
    if b"startxref" in answer.data:
        text += " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return f"{answer.headers} {text}"
