"""Of children whose day is the same one is judged: nobody reads anything else than without that."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app import db
from app.models import Child
from app.services.bookings import drawing, on_behalf
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Verdict
from app.services.bookings.same_days import SameDays
from tests.services.bookings.conftest import tick
from tests.services.requests.conftest import signed_in
from tests.support.people import People
from tests.support.random_towns import MONDAY, Town, instants, towns
from tests.support.services import booked_by
from tests.support.settled_towns import settle, write


@pytest.mark.parametrize("examples", [12, pytest.param(300, marks=pytest.mark.soak)])
def test_a_week_reads_as_if_each_child_was_judged(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    with app.app_context():
        settle(people)

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(towns, instants)
    def whatever_stands(town: Town, now: datetime) -> None:
        with app.app_context():
            write(people, town)
            family_id = signed_in(people.ines).family_id
            for draw in (drawing.week, on_behalf.week):
                with time_machine.travel(now, tick=False):
                    once = draw(family_id, MONDAY)
                    with monkeypatch.context() as patched:
                        patched.setattr(SameDays, "of", lambda _same, child, day: (child, day))
                        assert draw(family_id, MONDAY) == once

    whatever_stands()


def test_a_sister_costs_no_second_judge(town: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until something of hers is not as her brother's."""
    asked = 0

    def judged(*case: Any) -> Verdict:
        nonlocal asked
        asked += 1
        return judge(*case)

    monkeypatch.setattr(drawing, "judge", judged)
    family_id = signed_in(town.ines).family_id

    def judgments() -> int:
        nonlocal asked
        asked = 0
        drawing.week(family_id, MONDAY)
        return asked

    alone = judgments()
    with db.transaction() as session:
        bookings, _ = booked_by(session, town.ines)
        sofia = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        bookings.enrol(sofia, date(2026, 9, 1), date(2027, 7, 3))
    assert judgments() == alone
    tick(town.ines, "30 cantine")
    assert judgments() == alone + 2
