"""A handler that tests command; jobs are done when the test says so."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.job_room import Scripted, hire, workshop_of


@pytest.fixture
def handler(app: Flask) -> Iterator[Scripted]:
    """Who does every job, in a worker that works when told; a context is pushed."""
    workshop_of(app).mode = "worker"
    scripted = Scripted()
    hire(app, scripted)
    with app.app_context():
        yield scripted
