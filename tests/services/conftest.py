"""A mail server that tests command, and a clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.support.mail_room import Scripted, courier_of
from tests.support.people import People

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the time, at NOON in France."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def server(app: Flask, people: People) -> Iterator[Scripted]:
    """A mail server, the cast settled in, a context pushed; mails leave when the test says so."""
    courier = courier_of(app)
    courier.mode = "worker"
    scripted = courier.backend = Scripted()
    with app.app_context():
        yield scripted
