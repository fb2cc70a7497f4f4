"""Fixtures of the commands' tests."""

import pytest

from tests.services.importing.town import Town


@pytest.fixture
def town() -> Town:
    """The files of a small town, sound until a test spoils them."""
    return Town()
