"""Chromium, the portal it visits, and the screens it is shown."""

import csv
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright, ViewportSize, expect

from tests.conftest import skip_or_fail
from tests.e2e.gallery import DESKTOP, PHONE
from tests.e2e.live import ROOT, Portal, demonstrate, import_town, portal
from tests.support.gallery import Gallery, Screen

IDENTIFIER = "38162386"
PASSWORD = "Tramontane66"

# The size of its screen, and whether it runs JavaScript.
Device = tuple[ViewportSize, bool]

CHROMIUM = Path("/usr/bin/chromium")
# The same engine without the windows around it, for a fifth of the processor's time.
SHELL = Path("/usr/bin/chromium-headless-shell")
# A page lives for a second: its scripts are compiled once, and not again into a quicker form.
NO_SECOND_COMPILATION = "--js-flags=--max-opt=1"


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Chromium]:
    """Debian's Chromium, as light as it comes."""
    with launch(playwright, SHELL if SHELL.exists() else CHROMIUM) as browser:
        yield browser


@pytest.fixture(scope="module")
def whole_chromium(playwright: Playwright) -> Iterator[Chromium]:
    """The one that people install, whose Back shows again a page that it kept."""
    with launch(playwright, CHROMIUM) as browser:
        yield browser


@contextmanager
def launch(playwright: Playwright, program: Path, *arguments: str) -> Iterator[Chromium]:
    """Start a browser, with the back/forward cache that Playwright would turn off."""
    if not program.exists():
        skip_or_fail("Chromium is not installed (Debian: chromium)")
    browser = playwright.chromium.launch(
        executable_path=program,
        args=["--no-sandbox", NO_SECOND_COMPILATION, *arguments],
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


@pytest.fixture(scope="session")
def served(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of that town, in a process of its own, which serves one test after the other."""
    instance = tmp_path_factory.mktemp("served") / "instance"
    shutil.copytree(town, instance)
    with portal(instance) as running:
        yield running


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the whole demonstration town; to be copied."""
    instance = tmp_path_factory.mktemp("demonstrated") / "instance"
    demonstrate(instance)
    return instance


@pytest.fixture(scope="session")
def demonstration(demonstrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The whole demonstration town, where everybody has the same password; to be looked at."""
    instance = tmp_path_factory.mktemp("demonstration") / "instance"
    shutil.copytree(demonstrated, instance)
    with portal(instance) as running:
        for identifier in identifiers():
            running.give_password(identifier, PASSWORD)
        yield running


def identifiers() -> list[str]:
    """Everybody who has an account in the demonstration town."""
    with (ROOT / "demo" / "compte.csv").open(encoding="utf-8", newline="") as file:
        return [row["identifiant"] for row in csv.DictReader(file, delimiter=";")]


@pytest.fixture
def live(served: Portal, town: Path) -> Portal:
    """That portal, where nobody has been yet."""
    served.return_to(town)
    return served


DEVICES: dict[str, Device] = {
    "phone": (PHONE, True),
    "desktop without JavaScript": (DESKTOP, False),
    "phone without JavaScript": (PHONE, False),
    "desktop": (DESKTOP, True),
}
on_every_device = pytest.mark.parametrize(
    "device", list(DEVICES.values()), ids=list(DEVICES), indirect=True
)


@pytest.fixture(params=list(DEVICES.values())[:2], ids=list(DEVICES)[:2])
def device(request: pytest.FixtureRequest) -> Device:
    """What somebody holds in hand: each size, each with and without JavaScript, in two visits.

    What no parent may fail at is walked `on_every_device`.
    """
    found: Device = request.param
    return found


@pytest.fixture
def window(device: Device, chromium: Chromium, live: Portal) -> Iterator[Page]:
    """A window on the portal."""
    with open_window(device, chromium, live) as page:
        yield page


@contextmanager
def open_window(device: Device, chromium: Chromium, live: Portal) -> Iterator[Page]:
    """Open a window on the portal, which asks nobody but the portal."""
    viewport, javascript = device
    context = chromium.new_context(
        viewport=viewport, java_script_enabled=javascript, base_url=live.url, locale="fr-FR"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    yield page
    strangers = [url for url in asked if not url.startswith(live.url)]
    context.close()
    assert strangers == []


@pytest.fixture
def parent(window: Page, live: Portal) -> Page:
    """The same window, on the home page of the guides' parent."""
    live.give_password(IDENTIFIER, PASSWORD)
    sign_in(window)
    return window


def sign_in(page: Page, identifier: str = IDENTIFIER, password: str = PASSWORD) -> None:
    """Get to the home page of the guides' parent, or of somebody else, on whatever device."""
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(identifier)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Connexion").click()
    expect(page.locator("h1")).to_have_text("Bienvenue sur le portail famille")
    whole(page)


def follow_menu(page: Page, entry: str) -> None:
    """Open an entry of the menu, which a phone keeps folded; it may say how much is new."""
    unfold_menu(page)
    # Playwright writes it between slashes, and escapes none.
    words = re.compile(rf"^{entry}(\s.*)?$".replace("/", r"\/"))
    link = page.get_by_role("navigation", name="Menu", include_hidden=True).get_by_role(
        "link", name=words, include_hidden=True
    )
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    whole(page)


def whole(page: Page) -> Page:
    """Wait until a page is all there: whatever lists, measures or prints does not by itself."""
    page.wait_for_load_state()
    return page


def unfold_menu(page: Page) -> None:
    """Unfold the menu where it is folded."""
    summary = page.locator("summary", has_text="Menu")
    if summary.is_visible() and not page.locator(".to-menu[open]").count():
        summary.click()


def sign_out(page: Page) -> None:
    """Leave by the menu, then press Back: nothing of the family comes to the screen again."""
    unfold_menu(page)
    page.get_by_role("button", name="Déconnexion").click()
    expect(page.locator("h1")).to_have_text("Accès famille")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Accès famille")
    expect(page.locator("body")).not_to_contain_text("ZEST")


@pytest.fixture(scope="session")
def gallery(walk: Gallery) -> list[Screen]:
    """Every screen in every state, as saved pages."""
    return walk.screens
