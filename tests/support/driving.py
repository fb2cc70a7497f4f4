"""What drives the browsers: Playwright starts once in a process, for all that open one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Playwright


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """One for every folder of tests: a second one would refuse to start beside it."""
    # Reading it costs those who open no browser a quarter of a second.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver
