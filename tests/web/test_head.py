"""HEAD asks about a page: it reads no message, and is no sign of life."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from tests.support.browser import Browser
from tests.support.databases import every_row
from tests.support.doors import rules
from tests.support.people import People, public_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_asking_about_pages_changes_nothing(app: Flask, people: People) -> None:
    """A quarter of an hour after she signed in, a program asks about each page with her cookie."""
    with time_machine.travel(NOW, tick=False) as clock:
        parent = Browser(app)
        parent.sign_in(people.zest)
        clock.shift(timedelta(minutes=15))
        before = every_row(app)
        paths = [str(rule) for rule in rules(app, with_id=False) if "GET" in (rule.methods or ())]
        for path in (*paths, f"/messages/{public_id('m1')}"):
            assert parent.fetch(path, "HEAD").status_code < 500
        assert every_row(app) == before
        parent.get("family.message", public_id=public_id("m1"))
        assert every_row(app) != before
