"""Every screen of tests/support/screens, gone through once and kept for who looks at them all."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from app import create_app, db
from app.services.files import stores
from tests.conftest import settings_of
from tests.support.branches import watched
from tests.support.browser import Browser
from tests.support.databases import NewDatabase
from tests.support.people import People, settle_in
from tests.support.screens import all_screens


@dataclass(frozen=True)
class Screen:
    """A page as it was answered."""

    name: str
    path: str
    status: int
    headers: dict[str, str]
    body: str
    # Who saw it, and may ask for the pictures on it.
    visitor: Browser


@dataclass(frozen=True)
class Gallery:
    """The screens, and what drew them."""

    screens: list[Screen]
    # All those of the application, and those that are there to be drawn.
    templates: set[str]
    templates_read: set[str]
    branches_never_drawn: list[str]
    classes: set[str]


def hang(app: Flask, people: People) -> Gallery:
    """Go through every screen, each checked on its way, and keep it."""
    screens: list[Screen] = []
    classes: set[str] = set()
    with watched() as branches:
        for name, page in all_screens(app, people):
            # Cookies have no meaning for a saved page.
            headers = {key: value for key, value in page.response.headers if key != "Set-Cookie"}
            status = page.response.status_code
            screens.append(Screen(name, page.path, status, headers, page.html, page.browser))
            for tag in page.soup.select("[class]"):
                classes.update(tag.get_attribute_list("class"))
        templates = app.jinja_env.list_templates()
        for name in templates:
            app.jinja_env.get_template(name)
        read = {place.partition(":")[0] for place in branches.read}
        return Gallery(screens, set(templates), read, branches.never_drawn, classes)


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase) -> Iterator[Gallery]:
    """Every screen in every state, gone through once for all who look at them."""
    application = create_app(settings_of(tmp_path_factory.mktemp("gallery"), new_sqlite()))
    with application.app_context():
        stores.store().check()
    yield hang(application, settle_in(application))
    application.extensions[db.EXTENSION].dispose()
