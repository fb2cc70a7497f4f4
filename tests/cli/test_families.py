"""`flask familles`, as a clerk types it."""

import pytest
from flask import Flask

from app import db
from app.models import FamilyErasure
from app.services.erasure import erasing
from tests.services.erasure.conftest import leave
from tests.support.people import People

pytestmark = pytest.mark.both_databases


def test_a_clerk_erases_a_family(app: Flask, people: People) -> None:
    """What goes and what stays is read first; the number is typed; a day is left to cancel."""
    number = people.moreau.family_number
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["familles", "effacer", number])
    assert refused.exit_code == 1
    assert "Rien n’a changé\u00a0: la famille était dans le dernier import" in refused.stderr
    with app.app_context(), db.transaction():
        leave(number)
    wrong = runner.invoke(args=["familles", "effacer", number], input="123\n")
    assert wrong.exit_code == 1
    assert "ce n’est pas le numéro" in wrong.output
    assert runner.invoke(args=["familles", "effacer", number]).exit_code == 1
    assert runner.invoke(args=["familles", "list"]).output == "Aucun effacement prévu.\n"
    done = runner.invoke(args=["familles", "effacer", number], input=f"{number}\n")
    assert done.exit_code == 0, done.output
    for words in ("Paul MOREAU", "Ce qui part", "Ce que la loi garde dix ans", "dans la nuit du"):
        assert words in done.output
    listed = runner.invoke(args=["familles", "list"]).output
    assert number in listed
    again = runner.invoke(args=["familles", "effacer", number, "--yes"])
    assert again.exit_code == 1
    assert "déjà prévu" in again.stderr
    cancelled = runner.invoke(args=["familles", "annuler-effacement", number])
    assert cancelled.exit_code == 0
    assert runner.invoke(args=["familles", "list"]).output == "Aucun effacement prévu.\n"
    assert runner.invoke(args=["familles", "annuler-effacement", number]).exit_code == 1
    assert runner.invoke(args=["familles", "effacer", "999"]).exit_code == 1


def test_what_was_cancelled_is_not_done(app: Flask, people: People) -> None:
    number = people.moreau.family_number
    runner = app.test_cli_runner()
    with app.app_context(), db.transaction():
        leave(number)
    assert runner.invoke(args=["familles", "effacer", number, "--yes"]).exit_code == 0
    runner.invoke(args=["familles", "annuler-effacement", number])
    with app.app_context():
        [erasure] = db.session().query(FamilyErasure).all()
        assert not erasing.erase(erasure.id)
