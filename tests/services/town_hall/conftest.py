"""Time goes by at the town hall, and mails leave when the test says so."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.services.actors import CurrentClerk
from tests.services.town_hall.days import AFTERNOON, Days, come
from tests.support.mail_room import Scripted
from tests.support.people import People


@pytest.fixture
def days(app: Flask, people: People, server: Scripted) -> Iterator[Days]:
    with time_machine.travel(AFTERNOON, tick=False) as clock:
        yield Days(app, people, server, clock)


@pytest.fixture
def nadia(days: Days) -> CurrentClerk:
    """She answers families, and has chosen nothing."""
    return come("Nadia", "secretariat")
