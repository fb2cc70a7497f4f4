"""`flask attente`: who waits, and giving a place to one of them."""

import pytest
import time_machine
from flask import Flask

from tests.services.bookings.conftest import WEDNESDAY_BEFORE, capacity, enrol, states, tick
from tests.support.people import People


@pytest.fixture
def waiting(app: Flask, people: People) -> People:
    """One place: one family has it, two wait."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False), app.app_context():
        for person in (people.zest, people.moreau, people.ines):
            enrol(person)
        capacity(1)
        for person in (people.zest, people.moreau, people.ines):
            tick(person, "30 cantine")
    return people


def run(app: Flask, *arguments: str, refused: bool = False) -> str:
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False):
        result = app.test_cli_runner().invoke(args=["attente", *arguments])
    assert bool(result.exit_code) is refused, result.output
    return result.output.replace("\u00a0", " ")


def test_a_place_is_given_by_command(app: Flask, waiting: People) -> None:
    lines = run(app, "montrer").splitlines()
    assert lines[0].split() == [
        "Jour", "Service", "Rang", "Enfant", "École", "Depuis", "Référence",
    ]  # fmt: skip
    assert [line.split()[2] for line in lines[1:]] == ["1", "2"]
    reference = lines[2].split()[-1]
    assert "a une place : Cantine, le 30/11/2026." in run(app, "attribuer", reference)
    with app.app_context():
        assert states(waiting.ines)["30 cantine"] == "booked parent"
    assert "n’attend plus" in run(app, "attribuer", reference, refused=True)
    assert len(run(app, "montrer", "--service", "cantine").splitlines()) == 2


@pytest.mark.usefixtures("people")
def test_nobody_waits(app: Flask) -> None:
    assert run(app, "montrer") == "Personne n’attend de place.\n"
