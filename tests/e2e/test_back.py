"""A parent presses Back, in the browser that people install: it keeps pages whole, and forms."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.e2e.conftest import IDENTIFIER, PASSWORD, Device, open_window, sign_in, sign_out
from tests.e2e.live import Portal


@pytest.fixture
def window(device: Device, whole_chromium: Chromium, live: Portal) -> Iterator[Page]:
    """A window of that browser."""
    with open_window(device, whole_chromium, live) as page:
        yield page


def test_back_after_signing_out_shows_nothing_of_the_family(window: Page, live: Portal) -> None:
    """Though the browser still has the page, and shows it again at once if it may."""
    live.give_password(IDENTIFIER, PASSWORD)
    sign_in(window)
    sign_out(window)
