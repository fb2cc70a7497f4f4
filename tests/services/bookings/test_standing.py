"""Days that are read alike stand as those that are read one by one."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from app.calendar.months import both_ends
from app.services.bookings import standing
from tests.services.requests.conftest import signed_in
from tests.support.people import People
from tests.support.random_towns import MONDAY, Town, towns
from tests.support.settled_towns import settle, write


@pytest.mark.parametrize("examples", [12, pytest.param(300, marks=pytest.mark.soak)])
def test_a_month_stands_as_its_days_do(app: Flask, people: People, examples: int) -> None:
    """Whose they are, how each stands, what was chosen; until when a place is kept is not asked."""
    with app.app_context():
        settle(people)
    first, last = both_ends(MONDAY)

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(towns)
    def whatever_stands(town: Town) -> None:
        with app.app_context():
            write(people, town)
            for person in (people.ines, people.claire):
                family_id = signed_in(person).family_id
                days = standing.read(family_id, {"first": first, "last": last})
                alike = standing.read_alike(family_id, {"first": first, "last": last})
                assert alike.ours == {
                    cell: held._replace(offer_until=None) for cell, held in days.ours.items()
                }
                assert alike.elsewhere == days.elsewhere
                assert alike.chosen == days.chosen

    whatever_stands()
