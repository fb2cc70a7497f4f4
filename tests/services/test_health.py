"""A mail that waits too long is told to whoever watches over the server."""

from datetime import timedelta

import time_machine
from flask import Flask

from app import db
from app.services import health
from app.services.health import Health
from tests.support.mail_room import Scripted, ask, deliver
from tests.support.people import People


def test_a_mail_that_waits_is_late_and_the_portal_works(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """No mail leaves for five minutes: somebody has to look; visitors may come all the same."""
    server.down = True
    ask(people.zest.identifier)
    deliver(app)
    clock.shift(timedelta(minutes=5))
    assert health.readiness()["mail"] is Health.OK
    clock.shift(timedelta(seconds=1))
    found = health.readiness()
    assert found["mail"] is Health.LATE
    assert health.overall(found | {"files": Health.OK}) is Health.LATE
    server.down = False
    # Another question, some time later.
    db.let_go()
    deliver(app)
    assert health.readiness()["mail"] is Health.OK
