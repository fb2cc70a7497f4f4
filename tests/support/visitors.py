"""Guardians at the portal with all that can be theirs, who open every page."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from app.services.requests.kinds import KINDS
from tests.support.belongings import Belongings, furnish
from tests.support.browser import Browser
from tests.support.doors import DOORS, Door, rules
from tests.support.people import Person

PIECE = b"%PDF-1.7\nhello\n%%EOF"


@dataclass(frozen=True)
class Visitor:
    """A guardian who is signed in."""

    browser: Browser
    person: Person
    has: Belongings
    token: str

    def ask(
        self, path: str, method: str = "GET", form: Mapping[str, str] | None = None, **headers: str
    ) -> TestResponse:
        """Send what this guardian's browser could, with a proof that is good."""
        sent: dict[str, object] = {"csrf_token": self.token, **(form or {})}
        if "files" in sent:
            sent["files"] = (io.BytesIO(PIECE), "piece.pdf")
        return self.browser.client.open(
            path,
            method=method,
            data=sent if method == "POST" else None,
            headers=headers,
            base_url=self.browser.base_url,
            buffered=True,
        )

    def methods(self, door: Door) -> set[str]:
        """Return how a door may be knocked at."""
        [rule] = self.browser.app.url_map.iter_rules(door.endpoint)
        return set(rule.methods or ())

    def addresses(self) -> Iterator[str]:
        """Go through every page that opens with GET."""
        for rule in rules(self.browser.app, with_id=False):
            if "GET" in (rule.methods or ()):
                yield str(rule)
        for kind in KINDS:
            yield self.browser.address("family.request_form", kind=kind.slug)
        for door in DOORS:
            if "GET" in self.methods(door):
                [values] = door.of(self.has.ids)
                yield self.browser.address(door.endpoint, **values)

    def downloads(self) -> Iterator[str]:
        """Go through what is made by POST."""
        yield self.browser.address("family.own_data_archive")
        yield self.browser.address("family.certificate", year=self.has.ids["year"])


def arrive(app: Flask, person: Person, mark: str, year: int, count: int = 1) -> Visitor:
    """Give somebody `count` of each thing, and sign them in."""
    belongings = furnish(app, person, mark, year, count)
    browser = Browser(app)
    browser.sign_in(person)
    page = browser.get("family.account")
    device = page.soup.select_one("form[action^='/compte/appareils/'][action$='/deconnecter']")
    assert device is not None
    belongings.ids["device"] = str(device["action"]).split("/")[-2]
    return Visitor(browser, person, belongings, page.csrf_token)
