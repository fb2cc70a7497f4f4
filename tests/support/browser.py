"""A visitor: opens pages by endpoint, fills forms by their labels, presses buttons by their words.

    page = browser.get("auth.sign_in")
    page = page.fill({"Identifiant": "38162386", "Mot de passe": "Soleil2026"}).submit("Connexion")
    assert page.h1 == "Bienvenue sur le portail famille"

Every answer is checked whole on its way: its headers and, when it is a page, all that
`tests/support/page_checks` asks of a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup
from flask import Flask, has_app_context
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.settings import EXTENSION
from app.web.drafts import STEP
from tests.support.form_filling import (
    Value,
    find_button,
    find_control,
    form_of,
    initial_value,
    what_is_sent,
    words_of,
)
from tests.support.page_checks import Subject, faults_of_new_page
from tests.support.page_checks.forms import SUMMARY
from tests.support.page_checks.headers import header_faults
from tests.support.page_checks.text import plain, visible_lines, visible_text
from tests.support.people import Person

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
OK = 200


class Browser:
    """A visitor with a cookie jar, at an IP address."""

    def __init__(self, app: Flask, address: str = "192.0.2.1", user_agent: str = PHONE) -> None:
        self.app = app
        self.base_url: str = app.extensions[EXTENSION].public_url
        self.client = app.test_client()
        self.client.environ_base |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": user_agent}

    def get(self, endpoint: str, _status: int = OK, _lands_on: str = "", **values: str) -> "Page":
        """Type the address of an endpoint, follow redirects, and check where that leads.

        The page reached is the one asked for, unless `_lands_on` names another endpoint.
        """
        page = self.visit(self.address(endpoint, **values), _status)
        expected = _lands_on or endpoint
        assert page.endpoint == expected, f"landed on {page.endpoint} instead of {expected}"
        return page

    def visit(self, path: str, status: int = OK) -> "Page":
        """Type an address by hand and follow redirects."""
        return self._page(self._follow(self.fetch(path)), status)

    def fetch(
        self, path: str, method: str = "GET", data: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send one request and return the answer as it is, its headers checked."""
        assert not has_app_context(), "a visitor and a test must not share a database session"
        response = self.client.open(
            path, method=method, data=data, base_url=self.base_url, buffered=True
        )
        faults = list(header_faults(response.headers))
        assert not faults, f"{method} {path}:\n" + "\n".join(faults)
        return response

    def post(self, path: str, data: Mapping[str, str], status: int = OK) -> "Page":
        """Send what no form of ours would, and read where it leads; `data` needs its csrf_token."""
        return self._page(self._follow(self.fetch(path, "POST", data)), status)

    def sign_in(self, person: Person) -> "Page":
        """Sign somebody in from the sign-in page and return their home page."""
        assert person.password, f"{person.identifier} has not chosen a password"
        page = self.get("auth.sign_in").fill(
            {"Identifiant": person.identifier, "Mot de passe": person.password}
        )
        page = page.submit("Connexion")
        assert page.endpoint == "family.home", f"{person.identifier} landed on {page.endpoint}"
        return page

    def address(self, endpoint: str, **values: str) -> str:
        """Return the path of an endpoint."""
        return self.app.url_map.bind("localhost").build(endpoint, values)

    @property
    def session_cookie(self) -> str:
        """What the session's cookie holds; its name hangs on whether the portal has HTTPS."""
        return self.cookies()[self.app.config["SESSION_COOKIE_NAME"]]

    def cookies(self) -> dict[str, str]:
        """Return the cookies that would be sent to the portal now."""
        host = urlsplit(self.base_url).hostname or ""
        stored = self.client._cookies or {}
        return {
            cookie.key: cookie.value
            for cookie in stored.values()
            if cookie._matches_request(host, "/")
        }

    def _submit(
        self, path: str, method: str, data: MultiDict[str, str], refused: int | None
    ) -> "Page":
        if method == "GET":
            return self._page(
                self._follow(self.fetch(f"{path}?{urlencode(list(data.items(multi=True)))}")), OK
            )
        answer = self.fetch(path, "POST", data)
        assert answer.status_code in REDIRECTS, (
            f"POST {path} answered {answer.status} instead of redirecting"
        )
        page = self._page(self._follow(answer), refused or OK)
        came_back = bool(page.errors) or STEP in page.response.request.args
        assert came_back is (refused is not None), (
            f"POST {path} led to {page.path}; errors on the page: {page.errors}"
        )
        return page

    def _follow(self, answer: TestResponse) -> TestResponse:
        for _ in range(MOST_REDIRECTS):
            if answer.status_code not in REDIRECTS:
                return answer
            target = urljoin(answer.request.url, answer.headers["Location"])
            parts = urlsplit(target)
            ours = urlsplit(self.base_url)
            assert parts[:2] == ours[:2], f"redirected out of the portal, to {target}"
            answer = self.fetch(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, to {answer.request.path}")

    def _page(self, answer: TestResponse, status: int) -> "Page":
        path = answer.request.path
        assert answer.status_code == status, f"{path} answered {answer.status}, not {status}"
        assert answer.mimetype == "text/html", f"{path} is {answer.mimetype}, not a page"
        subject = Subject(answer.text, self.app, path)
        faults = faults_of_new_page(subject)
        assert not faults, f"{path}:\n" + "\n".join(faults)
        return Page(self, answer, subject.soup)


@dataclass(frozen=True)
class Page:
    """A page on the screen of a visitor, who can read it, fill it and press its buttons."""

    browser: Browser
    response: TestResponse
    soup: BeautifulSoup
    typed: dict[int, Value] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The address bar, without host and query."""
        return self.response.request.path

    @cached_property
    def endpoint(self) -> str:
        """The endpoint that made this page, empty for an address nobody knows."""
        request = self.response.request
        try:
            endpoint, _ = self.browser.app.url_map.bind("localhost").match(
                request.path, method=request.method
            )
        except HTTPException:
            return ""
        return str(endpoint)

    @property
    def html(self) -> str:
        """The source."""
        return self.response.text

    @property
    def title(self) -> str:
        """The title of the tab."""
        assert self.soup.title is not None
        return plain(self.soup.title.get_text())

    @property
    def h1(self) -> str:
        """The words on top of the page."""
        assert self.soup.h1 is not None
        return visible_text(self.soup.h1)

    @cached_property
    def text(self) -> str:
        """All that is read, on one line, every space made an ordinary one."""
        assert self.soup.body is not None
        return visible_text(self.soup.body)

    @cached_property
    def raw_text(self) -> str:
        """All that is read, a line for each block, its no-break spaces kept."""
        assert self.soup.body is not None
        return "\n".join(visible_lines(self.soup.body))

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary, in order."""
        return _errors(self.soup)

    def value(self, label: str) -> str:
        """Return what a field, found by label or name, holds before anybody types."""
        return initial_value(find_control(self.soup, label))

    @property
    def csrf_token(self) -> str:
        """The proof that a form of this page is ours."""
        return str(self.soup.select("input[name=csrf_token]")[0]["value"])

    def link(self, words: str) -> "Link":
        """Find the one link that reads exactly so; links to the same place count as one."""
        found = [tag for tag in self.soup.select("a[href]") if words_of(tag) == plain(words)]
        places = {str(tag["href"]) for tag in found}
        assert len(places) == 1, f"{len(places)} links read « {words} » on {self.path}"
        return Link(self.browser, urljoin(self.path, places.pop()))

    def fill(self, values: Mapping[str, Value] | None = None, **by_name: Value) -> "Page":
        """Type into fields found by label or by name; nothing is sent yet."""
        typed = dict(self.typed)
        for label, value in {**(values or {}), **by_name}.items():
            typed[id(find_control(self.soup, label))] = value
        return Page(self.browser, self.response, self.soup, typed)

    def submit(self, words: str, _refused: int | None = None) -> "Page":
        """Press a button found by its words: a POST answers by a redirect, which is followed.

        Where the form is expected back, to be checked or mended, `_refused` is the status of its
        page.
        """
        button = find_button(self.soup, words)
        form = form_of(self.soup, button)
        address = str(button.get("formaction") or form.get("action") or self.path)
        method = str(button.get("formmethod") or form.get("method") or "get").upper()
        data = MultiDict(what_is_sent(self.soup, form, button, self.typed))
        return self.browser._submit(urljoin(self.path, address), method, data, _refused)


@dataclass(frozen=True)
class Link:
    """A link on a page."""

    browser: Browser
    href: str

    def click(self, _status: int = OK) -> Page:
        """Follow the link."""
        parts = urlsplit(self.href)
        return self.browser.visit(
            f"{parts.path}?{parts.query}" if parts.query else parts.path, _status
        )


def _errors(soup: BeautifulSoup) -> list[str]:
    return [visible_text(tag) for tag in soup.select(f"{SUMMARY} li")]
