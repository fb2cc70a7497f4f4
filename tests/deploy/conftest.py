"""The machine that ops made by following the page, and the department that they added."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import department as departments
from tests.deploy.machine import Machine, followed
from tests.support.visitors import Visitor


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """All of it, running; what a test changes there it puts back."""
    # Not pytest's folder, which only its owner enters.
    with tempfile.TemporaryDirectory(prefix="portail-machine-") as folder:
        Path(folder).chmod(0o755)
        with followed(Path(folder)) as found:
            yield found


@pytest.fixture(scope="session")
def department(machine: Machine) -> Iterator[Machine]:
    """The same machine, which serves two towns more by one process."""
    with departments.served(machine) as found:
        yield found


@pytest.fixture(scope="session")
def families(department: Machine) -> tuple[Visitor, Visitor]:
    """Two families of the department, whose every word is hostile."""
    # Until they have arrived only: other tests of the same process have markup of their own.
    with pytest.MonkeyPatch.context() as monkeypatch:
        return departments.two_families(department, monkeypatch)
