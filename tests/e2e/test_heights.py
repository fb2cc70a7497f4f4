"""How far a tired parent scrolls, on a phone of 360 by 640."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import IDENTIFIER, PASSWORD, follow_menu, identifiers, sign_in
from tests.e2e.live import Portal

SMALL_PHONE = ViewportSize(width=360, height=640)
SCREEN = SMALL_PHONE["height"]
# The family of sixty invoices.
MANY_INVOICES = "38162469"
FIRST_NEWS = "#nouvelles ~ ul a"
TALL = "() => document.documentElement.scrollHeight"


@contextmanager
def small_phone(chromium: Chromium, portal: Portal) -> Iterator[Page]:
    """Hold a small phone, at the door."""
    context = chromium.new_context(viewport=SMALL_PHONE, base_url=portal.url, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(chromium: Chromium, live: Portal) -> Iterator[Page]:
    """A small phone, where nobody has been yet."""
    for identifier in (IDENTIFIER, MANY_INVOICES):
        live.give_password(identifier, PASSWORD)
    with small_phone(chromium, live) as page:
        yield page


def screens(page: Page) -> float:
    """Count the screens that a page takes."""
    return float(page.evaluate(TALL)) / SCREEN


def top(page: Page, selector: str) -> float:
    """Measure how low something begins."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


def test_home_is_two_screens_and_a_half(chromium: Chromium, demonstration: Portal) -> None:
    """Whoever it is, three children and sixty invoices included; what is new is not far."""
    measured: dict[str, tuple[float, float, float]] = {}
    for identifier in identifiers():
        with small_phone(chromium, demonstration) as page:
            sign_in(page, identifier)
            measured[identifier] = screens(page), top(page, FIRST_NEWS), top(page, "main")
    most = [max(each) for each in zip(*measured.values(), strict=True)]
    assert all(found <= limit for found, limit in zip(most, (2.5, 700, 60), strict=True)), measured


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
