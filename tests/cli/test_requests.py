"""The town hall answers from a terminal."""

import pytest
from click.testing import Result
from flask import Flask

from tests.people import People
from tests.services.requests.conftest import PAPER, send, signed_in


def launch(app: Flask, *arguments: str) -> Result:
    """Run `flask demandes` with these words."""
    return app.test_cli_runner().invoke(args=["demandes", *arguments])


@pytest.fixture
def number(app: Flask, people: People) -> str:
    """A request of Madame ZEST, by its number."""
    with app.app_context():
        return str(send(signed_in(people.zest), files=(PAPER,)).number)


def test_a_clerk_reads_and_answers(app: Flask, number: str) -> None:
    """From the list to the acceptance; where the files are; what is left to do."""
    listed = launch(app, "list").output
    assert "3816231" in listed
    assert "Autre demande" in listed
    assert "prise en charge" in launch(app, "take", number).output
    assert "Pièce demandée" in launch(app, "ask", number, "Un justificatif").output
    shown = launch(app, "show", number).output
    for words in ("PAYS ZEST", "Bonjour", "Justificatif", ".pdf", "Un justificatif", "la mairie"):
        assert words in shown
    assert "faites le nécessaire" in launch(app, "accept", number, "C’est fait").output
    assert launch(app, "list").output == "Aucune demande.\n"
    assert "Acceptée" in launch(app, "list", "--all").output


def test_a_refusal_needs_its_reason(app: Flask, number: str) -> None:
    result = launch(app, "refuse", number)
    assert result.exit_code == 1
    assert "donnez la raison" in result.output
    assert "Envoyée" in launch(app, "list").output
    assert launch(app, "refuse", number, "Complet").exit_code == 0
    assert launch(app, "accept", number).exit_code == 1


@pytest.mark.parametrize("command", ["show", "take", "accept"])
def test_an_unknown_number_is_told(app: Flask, people: People, command: str) -> None:
    result = launch(app, command, "999")
    assert result.exit_code == 1
    assert "pas de demande" in result.output
