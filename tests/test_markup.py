"""A town and families whose every word holds markup: it is read as it was written, everywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import Column, select

import config
from app import db
from app.testing import Outbox
from app.web import printing
from tests.support import markup
from tests.support.browser import Browser, Page
from tests.support.form_filling import Value
from tests.support.markup import MARK
from tests.support.page_checks import Subject
from tests.support.people import People
from tests.support.screens import all_screens, rare
from tests.support.visitors import arrive

# Read to name a device, never shown as it came.
NOT_SHOWN = {
    "account_session.user_agent",
    "clerk_session.user_agent",
}
PAPERS = {
    "auth.guide_pdf", "family.bookings_history_pdf", "family.certificate", "family.invoice_file",
    "family.statement_pdf",
}  # fmt: skip

PLAIN_FILL = Page.fill
# Where a visitor types words.
TYPED = {"Votre demande", "Votre réponse", "Ce qu’il faut corriger", "Numéro et voie", "Commune"}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """The town describes itself so as well."""
    return markup.described_so(settings)


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """The cast, and the town's own texts; what tests write from now on is marked too."""
    monkeypatch.setattr(rare, "TOWN_TEXT", markup.in_each_line(rare.TOWN_TEXT))
    with markup.in_every_word():
        yield markup.settled_so(app)


@dataclass
class Reader:
    """Checks each page for what came out of a word, and remembers what was read."""

    texts: list[str] = field(default_factory=list)

    def faults(self, page: Subject) -> list[str]:
        """Read a page."""
        texts = list(markup.texts_of(page.soup))
        self.texts += texts
        return [
            *markup.what_came_out(page),
            *markup.what_is_spoilt(texts),
            *markup.what_ends_twice(texts),
        ]

    def never_read(self, columns: list[Column[str]]) -> set[str]:
        """Name the columns of which no value was read from its beginning to its end."""
        everything = _spaced(" ".join(self.texts))
        return {
            f"{column.table.name}.{column.name}"
            for column in columns
            if not any(
                _spaced(value) in everything
                for value in db.session().scalars(select(column).where(column != ""))
            )
        }


def typed_so(page: Page, values: Mapping[str, Value] | None = None, **by_name: Value) -> Page:
    """Type as visitors of tests do, with markup behind each word."""
    typed = {
        label: f"{value}{MARK}" if value and label in TYPED else value
        for label, value in {**(values or {}), **by_name}.items()
    }
    return PLAIN_FILL(page, typed)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def test_every_screen_shows_markup_as_words(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each of its states; and each column that holds words is read on some screen."""
    reader = Reader()
    # The other checks are for French, which this is not.
    monkeypatch.setattr("tests.support.browser.faults_of_new_page", reader.faults)
    monkeypatch.setattr(Page, "fill", typed_so)
    for _ in all_screens(app, people):
        pass
    parent = Browser(app)
    parent.sign_in(people.karim)
    parent.get("family.messages", recherche=MARK)
    for mail in Outbox(app):
        assert reader.faults(Subject(mail.html, app)) == []
        assert markup.what_ends_twice([mail.text]) == []
    with app.app_context():
        assert reader.never_read(markup.columns_of_words()) == NOT_SHOWN


def test_every_paper_shows_markup_as_words(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is laid out as PDF, and the letter that a clerk prints."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    monkeypatch.setattr("tests.support.browser.faults_of_new_page", lambda _page: [])
    visitor = arrive(app, people.moreau, "Bleuet", 2026)
    pages = [(path, "GET") for path in visitor.addresses()]
    seen = set()
    for path, method in [*pages, *((path, "POST") for path in visitor.downloads())]:
        answer = visitor.ask(path, method)
        if answer.mimetype == "application/pdf" and not answer.data.startswith(b"%PDF"):
            assert Reader().faults(Subject(answer.text, app, path)) == [], path
            endpoint, _ = app.url_map.bind("localhost").match(path, method)
            seen.add(endpoint)
    assert seen == PAPERS
    letter = app.test_cli_runner().invoke(args=["credentials", "letter", "--all-new"]).stdout
    assert people.newcomer.last_name in Subject(letter, app).soup.get_text()
    assert Reader().faults(Subject(letter, app)) == []
