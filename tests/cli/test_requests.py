"""The town hall answers from a terminal."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.formats import day, today
from app.services.files.uploads import CheckedFile
from app.services.requests import acting, listing
from tests.services.requests.conftest import PAPER, send, signed_in
from tests.support.people import People


def launch(app: Flask, *arguments: str) -> Result:
    """Run `flask demandes` with these words."""
    return app.test_cli_runner().invoke(args=["demandes", *arguments])


@pytest.fixture
def number(app: Flask, people: People) -> str:
    """A request of Madame ZEST, by its number."""
    with app.app_context():
        return str(send(signed_in(people.zest), files=(PAPER,)).number)


def test_who_answered_is_whoever_became_the_portal_s_user(
    app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« sudo -u portail flask … »: the history names the clerk, not the user of the portal."""
    monkeypatch.setenv("SUDO_USER", "adupont")
    launch(app, "take", number)
    assert "Demande prise en charge, par la mairie (adupont)" in launch(app, "show", number).output


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
    assert "Faites le nécessaire" in launch(app, "accept", number, "C’est fait").output
    assert launch(app, "list").output == "Aucune demande.\n"
    assert "Acceptée" in launch(app, "list", "--all").output


def test_a_refusal_needs_its_reason(app: Flask, number: str) -> None:
    result = launch(app, "refuse", number)
    assert result.exit_code == 1
    assert "donnez la raison" in result.output
    assert "Envoyée" in launch(app, "list").output
    assert launch(app, "refuse", number, "Complet").exit_code == 0
    assert launch(app, "accept", number).exit_code == 1


def test_a_piece_that_came_is_plain_to_see(app: Flask, people: People, number: str) -> None:
    """On its line of the list, then in the request, with its date and where it is."""
    launch(app, "ask", number, "Un justificatif de domicile")
    assert "pièce reçue" not in launch(app, "list").output
    with app.app_context():
        paper = CheckedFile("Facture d’eau", ".pdf", b"%PDF-1.7\nwater\n%%EOF")
        zest = signed_in(people.zest)
        acting.add_files(zest, listing.listed(zest, "").items[0].public_id, [paper])
    [line] = launch(app, "list").output.splitlines()[1:]
    assert line.endswith(f"pièce reçue le {day(today())}")
    shown = launch(app, "show", number).output
    assert "2\u00a0pièces" in shown
    [told] = re.findall(r"  Facture d’eau, reçue le \w+ \d.+ – à lire\n    (/.+\.pdf)", shown)
    assert Path(told).read_bytes() == paper.content
    launch(app, "ask", number, "Une facture de moins de trois mois")
    assert "pièce reçue" not in launch(app, "list").output
    assert "à lire" not in launch(app, "show", number).output


def test_a_long_list_says_that_it_goes_on(app: Flask, people: People, number: str) -> None:
    with app.app_context():
        send(signed_in(people.moreau))
    short = launch(app, "list", "--limit", "1").output
    assert len(short.splitlines()) == 4
    assert "La liste continue\u00a0: ajoutez --limit 2." in short
    assert "continue" not in launch(app, "list", "--limit", "2").output
    assert launch(app, "list", "--limit", "0").exit_code == 2


def test_what_the_family_took_back_is_not_answered(app: Flask, people: People, number: str) -> None:
    """Each answer says so in a sentence, with a status that says so too."""
    with app.app_context():
        zest = signed_in(people.zest)
        acting.withdraw(zest, listing.listed(zest, "").items[0].public_id)
    for words in (["take"], ["ask", "Une pièce"], ["accept"], ["refuse", "Complet"]):
        result = launch(app, words[0], number, *words[1:])
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr == (
            f"Rien n’a changé\u00a0: la demande n°\u00a0{number} est déjà «\u00a0retirée\u00a0».\n"
        )


@pytest.mark.parametrize("command", ["show", "take", "accept"])
def test_an_unknown_number_is_told(app: Flask, people: People, command: str) -> None:
    result = launch(app, command, "999")
    assert result.exit_code == 1
    assert "pas de demande" in result.output


def test_a_clerk_speaks_notes_and_joins_a_file(app: Flask, number: str, tmp_path: Path) -> None:
    """The family is told of the first alone; `show` says all, and where the file is."""
    paper = tmp_path / "attestation 2025.pdf"
    paper.write_bytes(PAPER.content)
    assert "La famille est prévenue" in launch(app, "tell", number, "On cherche").output
    assert "La famille ne la voit pas" in launch(app, "note", number, "Voir Nadia").output
    assert launch(app, "accept", number, "Voici", "--file", str(paper)).exit_code == 0
    shown = launch(app, "show", number).output
    for words in ("Message de la mairie", "On cherche", "Note interne", "Voir Nadia"):
        assert words in shown
    assert re.search(r"attestation 2025\u00a0: .+/requests/[0-9a-f]+\.pdf", shown)


def test_a_file_that_cannot_be_joined_answers_nothing(
    app: Flask, number: str, tmp_path: Path
) -> None:
    paper = tmp_path / "attestation.docx"
    paper.write_bytes(b"PK")
    result = launch(app, "accept", number, "Voici", "--file", str(paper))
    assert result.exit_code == 1
    assert "n’est ni un PDF" in result.output
    assert "Envoyée" in launch(app, "list").output
