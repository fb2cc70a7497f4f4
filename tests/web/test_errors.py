"""Error pages: in French, with a number to give the town hall, and nothing of the machinery."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from app.services import counts
from tests.support.browser import Browser, Page
from tests.support.people import People

REFERENCE = re.compile(r"référence : [0-9a-f]{6}\b")
MACHINERY = ("Traceback", "werkzeug", "sqlite", "SELECT", "RuntimeError", "/app/", "boom")


def put_in_place(app: Flask, view: Callable[[], ResponseReturnValue]) -> None:
    """Make the page of legal notices do something else."""
    app.view_functions["site.legal_notice"] = view


def fail(error: Exception) -> Callable[[], ResponseReturnValue]:
    def view() -> ResponseReturnValue:
        raise error

    return view


def seen(page: Page) -> None:
    """What every error page owes its reader."""
    assert REFERENCE.search(page.text), "no reference number"
    assert "04 76 00 00 00" in page.text, "no phone number of the town hall"
    for word in MACHINERY:
        assert word not in page.html


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_each_error_has_its_page(app: Flask, browser: Browser, status: int) -> None:
    put_in_place(app, lambda: abort(status))
    seen(browser.get("site.legal_notice", status))


def test_a_fault_of_ours_shows_no_trace(app: Flask, browser: Browser) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    put_in_place(app, fail(RuntimeError("boom")))
    seen(browser.get("site.legal_notice", 500))


def test_an_absent_database_says_when_to_come_back(app: Flask, browser: Browser) -> None:
    put_in_place(app, fail(OperationalError("SELECT 1", {}, Exception("boom"))))
    page = browser.get("site.legal_notice", 503)
    seen(page)
    assert int(page.response.headers["Retry-After"]) > 0


def test_whoever_watches_over_the_server_learns_that_its_database_is_empty(
    app_without_database: Flask,
) -> None:
    """The disk with the database was not mounted: SQLite makes an empty file, and says nothing."""
    answer = app_without_database.test_client().get("/sante")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_who_is_there_is_not_asked_of_what_fails(
    app: Flask, browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away while a parent looks for a page: the error has no menu."""
    browser.sign_in(people.zest)
    monkeypatch.setattr(counts, "of", fail(OperationalError("SELECT 1", {}, Exception("boom"))))
    page = browser.visit("/nulle-part", 404)
    seen(page)
    assert page.soup.select("nav#menu") == []


def test_a_missing_page_is_a_page(browser: Browser) -> None:
    page = browser.visit("/nulle-part", 404)
    assert page.h1 == "Page introuvable"
    seen(page)


def test_a_wrong_method_is_explained(browser: Browser) -> None:
    page = browser.post("/mentions-legales", {}, 405)
    seen(page)
    assert "GET" in page.response.headers["Allow"]


def test_a_flood_is_refused_politely(browser: Browser) -> None:
    seen(browser.post("/connexion", {"password": "x" * 1_000_000}, 413))


def test_a_missing_page_offers_a_way_on(browser: Browser, people: People) -> None:
    """Signed in or not, the way on is a link that works."""
    assert browser.visit("/nulle-part", 404).soup.select("main a")
    browser.sign_in(people.zest)
    assert browser.visit("/nulle-part", 404).soup.select("main a")
