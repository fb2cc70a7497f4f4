"""How far a tired parent scrolls, on a phone of 360 by 640."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import IDENTIFIER, PASSWORD, follow_menu, sign_in
from tests.e2e.live import Portal

SMALL_PHONE = ViewportSize(width=360, height=640)
SCREEN = SMALL_PHONE["height"]
# The family of sixty invoices.
MANY_INVOICES = "38162469"
TALL = "() => document.documentElement.scrollHeight"


@pytest.fixture
def phone(chromium: Chromium, live: Portal) -> Iterator[Page]:
    """A small phone, at the door."""
    for identifier in (IDENTIFIER, MANY_INVOICES):
        live.give_password(identifier, PASSWORD)
    context = chromium.new_context(viewport=SMALL_PHONE, base_url=live.url, locale="fr-FR")
    yield context.new_page()
    context.close()


def screens(page: Page) -> float:
    """Count the screens that a page takes."""
    return float(page.evaluate(TALL)) / SCREEN


def top(page: Page, selector: str) -> float:
    """Measure how low something begins."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


def test_home_is_two_screens_and_a_half(phone: Page) -> None:
    """The header on one line, the first message on the first screen or just under it."""
    sign_in(phone)
    assert screens(phone) <= 2.5
    assert top(phone, "#nouvelles ~ ul a[href^='/messages/']") < 700
    assert top(phone, "main") < 60


def test_the_five_latest_messages_are_two_screens(phone: Page, live: Portal) -> None:
    for number in range(5):
        live.post(IDENTIFIER, f"Sortie de la classe de CM2, semaine {number}", "Bonjour")
    sign_in(phone)
    follow_menu(phone, "Boîte de réception")
    fifth = phone.locator("main .rows li").nth(4).bounding_box()
    assert fifth is not None
    assert fifth["y"] + fifth["height"] <= 2 * SCREEN


def test_fifty_lines_of_statement_are_eight_screens(phone: Page) -> None:
    sign_in(phone, MANY_INVOICES)
    follow_menu(phone, "Relevé de compte")
    assert phone.locator("tbody tr:not(.group)").count() == 50
    assert screens(phone) <= 8


def test_twice_the_root_fits_a_desk(phone: Page) -> None:
    """Whoever doubles the text of a browser on a wide screen scrolls one way only."""
    phone.set_viewport_size({"width": 1280, "height": 800})
    sign_in(phone)
    for path in ("/accueil", "/releve", "/compte", "/messages"):
        phone.goto(path)
        phone.evaluate("document.documentElement.style.fontSize = '225%'")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
