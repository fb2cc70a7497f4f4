"""Forty towns in one process: each visitor finds their own, and nothing of another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from app.gates import Gate
from app.settings import in_this_town
from app.web import printing
from tests.support.databases import NewDatabase
from tests.support.department import Department
from tests.support.people import People, settle_in
from tests.support.visitors import Visitor, arrive

# Every page of these is opened, in turn.
WALKED = 3
COUNT = 40
MARK = re.compile(r"Marque\d\d|marque\d\d|ville-\d\d|Ville-\d\d")
OFTEN = 2


@dataclass
class Inhabitant:
    """A parent of one town: of every town the same, but for their mark."""

    name: str
    visitor: Visitor

    def ask(self, path: str, method: str = "GET") -> TestResponse:
        return self.visitor.ask(path, method)

    @property
    def own(self) -> set[str]:
        """All that may tell of a town, on its pages."""
        number = self.name[-2:]
        return {f"Marque{number}", f"marque{number}", self.name, self.name.capitalize()}


@pytest.fixture(scope="module")
def department(
    tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase
) -> Iterator[Department]:
    """The towns, which have nobody yet."""
    department = Department(tmp_path_factory.mktemp("towns"), new_sqlite)
    for number in range(COUNT):
        department.found(f"ville-{number:02}")
    department.open()
    yield department
    department.close()


def settle(department: Department, name: str) -> Inhabitant:
    """Give a town the cast, and Claire all that a parent may have."""
    app = department.town(name).app()
    people: People = settle_in(app)
    visitor = arrive(app, people.claire, f"Marque{name[-2:]}", 2024)
    department.lead_in(visitor.browser)
    return Inhabitant(name, visitor)


@pytest.fixture(scope="module")
def inhabitants(department: Department) -> list[Inhabitant]:
    """Claire, in each town."""
    return [settle(department, f"ville-{number:02}") for number in range(COUNT)]


def strangers_in(answer: TestResponse, inhabitant: Inhabitant) -> set[str]:
    """Name what an answer holds of other towns."""
    said = f"{answer.headers} {answer.get_data().decode('utf-8', 'replace')}"
    return set(MARK.findall(said)) - inhabitant.own


def test_each_finds_their_own_door(department: Department, inhabitants: list[Inhabitant]) -> None:
    """What a stranger is shown is drawn once for all strangers of a town, and for no other."""
    for path in ("/connexion", "/mot-de-passe-oublie", "/guide", "/mentions-legales"):
        for each in inhabitants:
            answer = department.visitor(each.name).fetch(path)
            assert answer.status_code == 200, f"{each.name} {path}: {answer.status}"
            assert each.name.capitalize() in answer.text
            assert strangers_in(answer, each) == set(), f"{each.name} {path}"


def test_each_finds_their_own_home(inhabitants: list[Inhabitant]) -> None:
    """Whoever is signed in, one town after the other."""
    for each in inhabitants:
        page = each.visitor.browser.get("family.home")
        assert each.name.capitalize() in page.text
        assert page.raw_text.count("Marque") > 0
        assert strangers_in(page.response, each) == set(), each.name


def test_no_page_of_a_town_shows_another(
    inhabitants: list[Inhabitant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page, in three towns by turns, so that what one leaves behind would reach the next."""
    # The words of a paper rather than its PDF, where they are compressed.
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    walked = inhabitants[:WALKED]
    addresses = zip(*(list(each.visitor.addresses()) for each in walked), strict=True)
    marked = 0
    for paths in addresses:
        for _ in range(OFTEN):
            for each, path in zip(walked, paths, strict=True):
                answer = each.ask(path)
                assert answer.status_code < 500, f"{each.name} {path}: {answer.status}"
                assert strangers_in(answer, each) == set(), f"{each.name} {path}"
                marked += f"Marque{each.name[-2:]}" in answer.get_data().decode("utf-8", "replace")
    assert marked > WALKED * OFTEN * 10


def test_what_opens_a_town_opens_no_other(inhabitants: list[Inhabitant]) -> None:
    """A cookie taken to another town, and its things asked for there: nothing."""
    here, there = inhabitants[:2]
    there.visitor.browser.get("family.home")
    cookies = "; ".join(f"{name}={value}" for name, value in here.visitor.browser.cookies().items())
    stranger = there.visitor.browser.app.test_client(use_cookies=False)
    answer = stranger.get(
        "/accueil", headers={"Cookie": cookies}, base_url=there.visitor.browser.base_url
    )
    assert (answer.status_code, answer.headers["Location"][:10]) == (302, "/connexion")
    for path in here.visitor.addresses():
        if here.visitor.has.ids["document"] in path:
            assert there.ask(path).status_code == 404


def test_who_is_at_it_in_one_town_keeps_nobody_of_another(inhabitants: list[Inhabitant]) -> None:
    """They have the same number, each in their town."""
    gate = Gate(at_once=2)
    here, there = (each.visitor.browser.app for each in inhabitants[:2])
    with here.app_context():
        one = in_this_town(1)
    with there.app_context():
        other = in_this_town(1)
    with gate.passing(one), gate.passing(other):
        assert one != other
