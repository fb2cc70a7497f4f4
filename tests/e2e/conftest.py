"""Chromium, the portal it visits, and the screens it is shown."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

import config
from app import create_app, db
from tests.conftest import skip_or_fail
from tests.databases import NewDatabase
from tests.e2e.gallery import Gallery, hang
from tests.e2e.live import Portal, import_town, portal
from tests.people import settle_in

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium, with the back/forward cache that Playwright would turn off."""
    if not CHROMIUM.exists():
        skip_or_fail("Chromium is not installed (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the demonstration town, imported as a town hall would."""
    instance = tmp_path_factory.mktemp("town")
    import_town(instance)
    return instance


@pytest.fixture
def live(town: Path, tmp_path: Path) -> Iterator[Portal]:
    """A portal of that town, in a process of its own, where nobody has been yet."""
    instance = tmp_path / "instance"
    shutil.copytree(town, instance)
    with portal(instance) as running:
        yield running


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase) -> Gallery:
    """Every screen in every state, as saved pages."""
    settings = config.Test(
        instance=tmp_path_factory.mktemp("gallery"),
        database_url=new_sqlite(),
        town_name="Saint-Exemple",
        town_phone="04 76 00 00 00",
        town_address="1 place de la Mairie, 38000 Saint-Exemple",
        town_hours="du lundi au vendredi, de 9\u00a0h à 12\u00a0h",
    )
    app = create_app(settings)
    try:
        return hang(app, settle_in(app))
    finally:
        app.extensions[db.EXTENSION].dispose()
