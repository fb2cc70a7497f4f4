"""What was accepted of the canteen and the garderie is seen again, with the right child."""

from datetime import UTC, datetime

import pytest
import time_machine

from app.services.requests import desk, registrations
from tests.services.requests.conftest import send, signed_in
from tests.support.people import TOWN_HALL, People, public_id

pytestmark = pytest.mark.usefixtures("inside")

NOVEMBER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEYS = iter(f"{number:032}" for number in range(1_000))


def register(people: People, kind: str, *, accept: bool = True, **details: object) -> None:
    """Ask for something for Adam, and let the town hall accept it."""
    sent = send(
        signed_in(people.ines), kind, next(KEYS), details=details, children=[public_id("e3")]
    )
    if accept:
        desk.accept(sent.number, "", TOWN_HALL)


def told(people: People) -> list[tuple[str, str, str]]:
    """Read what stands on Adam's page."""
    found = registrations.of_child(signed_in(people.ines).family_id, public_id("e3"))
    return [(each.service, each.days, each.since) for each in found]


def test_the_latest_that_was_accepted_counts(people: People) -> None:
    """What waits or was refused changes nothing yet."""
    with time_machine.travel(NOVEMBER, tick=False):
        assert told(people) == []
        register(people, "canteen", days=["monday"], starts_on="2026-09-07")
        register(people, "canteen", days=["monday", "thursday"], starts_on="2026-11-30")
        register(people, "canteen", accept=False, days=["friday"], starts_on="2026-12-07")
        register(people, "garderie", days=["tuesday"], moments=["evening"], starts_on="2026-11-03")
        assert told(people) == [
            ("Cantine", "lundi, jeudi", "à partir du lundi 30\u00a0novembre 2026"),
            ("Garderie", "mardi, le soir", "depuis le mardi 3\u00a0novembre 2026"),
        ]


def test_a_registration_ends_with_its_school_year(people: People) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        register(people, "canteen", days=["monday"], starts_on="2026-06-01")
        assert told(people) == []


def test_what_one_household_registered_is_not_told_to_the_other(people: People) -> None:
    """Separated parents share a child, not their weeks."""
    with time_machine.travel(NOVEMBER, tick=False):
        sent = send(
            signed_in(people.claire), "canteen", next(KEYS),
            details={"days": ["monday"], "starts_on": "2026-09-07"}, children=[public_id("e5")],
        )  # fmt: skip
        desk.accept(sent.number, "", TOWN_HALL)
        hers = registrations.of_family(signed_in(people.claire).family_id)
        his = registrations.of_family(signed_in(people.marc).family_id)
        assert [
            len(each.registrations) for each in hers if each.card.public_id == public_id("e5")
        ] == [1]
        assert [each.registrations for each in his if each.card.public_id == public_id("e5")] == [
            []
        ]
