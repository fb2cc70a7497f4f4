"""A fault says whose it is: the family as the town's software knows it, not only the line."""

from pathlib import Path

import pytest
from flask import Flask

from tests.services.importing.test_checking import plain
from tests.services.importing.town import Town, faults_of, settle

GARNIER, LE_GOFF = "famille F1 (GARNIER)", "famille 2 (LE GOFF)"
CELLS = [
    ("famille.csv", "nomResp1", "", "famille F1,"),
    ("famille.csv", "id", "1.0", GARNIER),
    ("enfant.csv", "nom", "", GARNIER),
    ("enfantFamille.csv", "enfant_id", "", GARNIER),
    ("compte.csv", "identifiant", "", GARNIER),
    ("facture.csv", "montant", "douze", GARNIER),
    ("ligneFacture.csv", "montant", "douze", GARNIER),
    ("reglement.csv", "montant", "", GARNIER),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_fault_names_the_family(
    app: Flask, tmp_path: Path, town: Town, cell: tuple[str, str, str, str], *, known: bool
) -> None:
    """Whichever file it is in, and also where that file comes with less of the others."""
    file, column, value, named = cell
    if known:
        settle(app, tmp_path / "before")
    town.row(file)[column] = value
    if known:
        town.files = {name: town.files[name] for name in {"famille.csv", file}}
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert [each for each in faults if each.startswith(f"{file}, ligne 2, {named}")]


def test_a_family_that_only_the_portal_knows_is_named(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Its number and name are those of the last import."""
    settle(app, tmp_path / "before")
    del town.files["famille.csv"][1]
    town.row("reglement.csv", 1)["montant"] = "beaucoup"
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert [each.split(", colonne")[0] for each in faults] == [f"reglement.csv, ligne 3, {LE_GOFF}"]


def test_a_message_and_a_document_for_one_family_name_it(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Those for all name nobody."""
    town.row("message.csv", 0)["objet"] = ""
    town.row("message.csv", 1)["objet"] = ""
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert [each.split(", colonne")[0] for each in faults] == [
        "message.csv, ligne 2",
        f"message.csv, ligne 4, {LE_GOFF}",
    ]


@pytest.mark.both_databases
def test_a_row_with_too_many_cells_names_its_family(app: Flask, tmp_path: Path, town: Town) -> None:
    """Although its other cells may be in the wrong columns."""
    folder = town.folder(tmp_path / "files")
    with (folder / "facture.csv").open("a", encoding="utf-8") as file:
        file.write("900;2;C900;01/09/2026;30/09/2026;1;FACTURE;Repas; goûter;;x\n")
        file.write("901;n’importe quoi;C901;01/09/2026;30/09/2026;1;;;;;x\n")
    faults = faults_of(app, folder)
    assert [each.partition("\u00a0:")[0] for each in faults] == [
        f"facture.csv, ligne 6, {LE_GOFF}",
        "facture.csv, ligne 7",
    ]


def test_a_family_that_is_missing_is_told_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """However many lines name it."""
    for number in range(1_000):
        town.add("reglement.csv", id=f"9{number}", famille_id="7", facture_id="")
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert faults == [
        "reglement.csv, lignes 4, 5, 6 et 997\u00a0autres, colonne famille_id, "
        "valeur «\u00a07\u00a0»\u00a0: cette famille n’existe pas\u00a0; corrigez, ou ajoutez-la à "
        "famille.csv."
    ]


@pytest.mark.both_databases
def test_a_file_of_another_town_is_told_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """A hundred families that nobody knows: the file that lists them is what is missing."""
    for number in range(100):
        town.add("reglement.csv", id=f"9{number}", famille_id=str(700 + number), facture_id="")
        town.add("reglement.csv", id=f"8{number}", famille_id=str(700 + number), facture_id="")
    faults = faults_of(app, town.folder(tmp_path / "files"))
    some = ", ".join(str(700 + number) for number in range(10))
    assert faults == [
        "reglement.csv, lignes 4, 5, 6 et 197\u00a0autres, colonne famille_id\u00a0: "
        f"100\u00a0familles n’existent pas ({some}…)\u00a0; famille.csv est-il complet\u00a0? "
        "ajoutez-les."
    ]


TOTALS = [
    ("facture.csv", {"id": "TOTAL", "montant": "1 289,00"}),
    ("facture.csv", {"montant": "1 289,00"}),
    ("reglement.csv", {"date": "Total", "montant": "1 050,00"}),
    ("famille.csv", {"adrNumeroVoie": "2 familles"}),
]


@pytest.mark.parametrize(("file", "cells"), TOTALS)
def test_a_line_of_totals_is_one_fault(
    app: Flask, tmp_path: Path, town: Town, file: str, cells: dict[str, str]
) -> None:
    """What a spreadsheet adds below a table lacks all that a row must have."""
    line = len(town.files[file]) + 2
    town.files[file].append(dict.fromkeys(town.row(file), "") | cells)
    assert faults_of(app, town.folder(tmp_path / "files")) == [
        f"{file}, ligne {line}\u00a0: ligne de total\u00a0? retirez-la, ou remplissez ses cellules "
        "obligatoires."
    ]


def test_a_row_that_lacks_cells_in_the_middle_is_no_total(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Each of its cells is told."""
    town.row("facture.csv", 1).update({"id": "", "numero": "", "dateFacture": ""})
    faults = [plain(each) for each in faults_of(app, town.folder(tmp_path / "files"))]
    assert [each.split(", colonne ")[1].split(",")[0] for each in faults] == [
        "id", "numero", "dateFacture",
    ]  # fmt: skip
