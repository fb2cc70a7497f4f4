"""The same people under two numbers, and mailboxes of two, are told."""

from pathlib import Path

from flask import Flask

from tests.services.importing.town import Town, hand_over


def told(app: Flask, town: Town, folder: Path) -> list[str]:
    """Import, and return what is to be checked."""
    lines = list(hand_over(app, town.folder(folder)).lines())
    return [
        line for line in lines if "deux numéros" in line or (line.startswith("  ") and ":" in line)
    ]


def test_a_family_under_two_numbers_is_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """The secretary made her file again instead of opening it: Inès is first in both."""
    town.add("famille.csv", id="9", numero="F9", prenomResp1="INES", nomResp2="", prenomResp2="",
             emailResp2="")  # fmt: skip
    del town.files["enfantFamille.csv"]
    assert told(app, town, tmp_path / "files") == [
        "Peut-être une même famille sous deux numéros, à vérifier\u00a0:",
        "  familles F1 et F9\u00a0: Inès GARNIER",
    ]


def test_namesakes_are_not_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """Another age, another mailbox and another street: another Inès GARNIER."""
    town.add("famille.csv", id="9", numero="F9", dateNaisResp1="03/03/1990", nomResp2="",
             prenomResp2="", emailResp2="", emailResp1="", adrNumeroVoie="")  # fmt: skip
    assert told(app, town, tmp_path / "files") == []


def test_a_child_under_two_numbers_is_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """With the number of each in the town's software."""
    town.add("enfant.csv", Id="12", nom="Garnier")
    town.add("enfantFamille.csv", famille_id="2", enfant_id="12")
    assert told(app, town, tmp_path / "files") == [
        "Peut-être un même enfant sous deux numéros, à vérifier\u00a0:",
        "  numéros 10 et 12\u00a0: Jules GARNIER, du 08/11/2016",
    ]


def test_a_mailbox_of_two_guardians_is_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """In one family or in two; each would read the other's mails."""
    town.row("famille.csv")["emailResp2"] = "ines@exemple.fr"
    town.row("famille.csv", 1)["emailResp1"] = "ines@exemple.fr"
    assert told(app, town, tmp_path / "files") == [
        "  ines@exemple.fr\u00a0: Inès GARNIER (famille F1), Karim GARNIER (famille F1), "
        "Yann LE GOFF (famille 2)"
    ]
