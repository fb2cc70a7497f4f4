"""The machine that ops made by following the page."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.machine import Machine, followed


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """All of it, running; what a test changes there it puts back."""
    # Not pytest's folder, which only its owner enters.
    with tempfile.TemporaryDirectory(prefix="portail-machine-") as folder:
        Path(folder).chmod(0o755)
        with followed(Path(folder)) as found:
            yield found
