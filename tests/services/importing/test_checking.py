"""Something is wrong in the files: a sentence says where, and what to do."""

# Sentences stay whole, to be found by who greps what a screen said.
# ruff: noqa: E501

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.services.importing.town import Town, everything, faults_of, hand_over, settle

Spoil = Callable[[Town], object]

CELLS = [
    ("famille.csv", "id", "", "valeur vide : cette cellule est obligatoire."),
    ("famille.csv", "nomResp1", " ", "valeur vide : cette cellule est obligatoire."),
    ("famille.csv", "id", "9" * 41, f"valeur « {'9' * 41} » : 40 caractères au plus sont acceptés, il y en a 41."),
    ("famille.csv", "prenomResp1", "Zo\x1bé", "valeur « Zo�é » : retirez les caractères invisibles."),
    ("compte.csv", "responsable", "3", "valeur « 3 » : écrivez 1 ou 2, le rang du responsable dans la famille."),
    ("compte.csv", "identifiant", "38162386.0", "valeur « 38162386.0 » : un tableur a changé ce numéro ; donnez à sa colonne le format Texte, puis exportez de nouveau."),
    ("compte.csv", "famille_id", "3,8E+07", "valeur « 3,8E+07 » : un tableur a changé ce numéro ; donnez à sa colonne le format Texte, puis exportez de nouveau."),
    ("famille.csv", "id", "\ufeff1", "valeur « �1 » : un signe invisible s’y trouve ; retirez-le."),
    ("compte.csv", "identifiant", "abc", "valeur « abc » : écrivez un identifiant de 1 à 20 chiffres."),
    ("compte.csv", "identifiant", "３８", "valeur « ３８ » : écrivez un identifiant de 1 à 20 chiffres."),
    ("facture.csv", "montant", "douze", "valeur « douze » : écrivez un nombre comme 891,35, avec deux décimales au plus."),
    ("facture.csv", "montant", "1,234", "valeur « 1,234 » : écrivez un nombre comme 891,35, avec deux décimales au plus."),
    ("facture.csv", "montant", "-1", "valeur « -1 » : écrivez le montant sans signe ; un avoir s’écrit sans signe lui aussi, avec AVOIR dans la colonne type."),
    ("facture.csv", "dateEcheance", "", "valeur vide : cette cellule est obligatoire, sauf pour un AVOIR."),
    ("facture.csv", "type", "DEVIS", "valeur « DEVIS » : écrivez FACTURE, AVOIR ou ANNULEE."),
    ("reglement.csv", "montant", "0,00", "valeur « 0,00 » : écrivez un montant différent de zéro ; un rejet ou un remboursement est négatif."),
    ("message.csv", "texte", "a" * 20_001, f"valeur « {'a' * 60}… » : 20000 caractères au plus sont acceptés, il y en a 20001."),
    ("message.csv", "texte", "a\x07", "valeur « a� » : retirez les caractères invisibles."),
    ("famille.csv", "prenomResp2", "\x1b", "valeur « � » : retirez les caractères invisibles."),
    ("facture.csv", "dateFacture", "31/02/2026", "valeur « 31/02/2026 » : cette date n’existe pas au calendrier."),
    ("reglement.csv", "facture_id", "500.0", "valeur « 500.0 » : un tableur a changé ce numéro ; donnez à sa colonne le format Texte, puis exportez de nouveau."),
]  # fmt: skip


@pytest.mark.both_databases
def test_each_cell_at_fault_is_named(app: Flask, tmp_path: Path, town: Town) -> None:
    """File, line, column, value, and what to do."""
    wanted = [
        f"{file}, ligne {town.spoil(file, column, value)}, colonne {column}, {said}"
        for file, column, value, said in CELLS
    ]
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert set(wanted) - set(map(without_family, faults)) == set()


def drop(file: str) -> Spoil:
    """Leave a file out."""
    return lambda town: town.files.pop(file)


def put(file: str, index: int, **cells: str) -> Spoil:
    """Change a row."""
    return lambda town: town.row(file, index).update(cells)


def repeat(file: str, **cells: str) -> Spoil:
    """Add a row like the first one."""
    return lambda town: town.add(file, **cells)


SETS = [
    (drop("famille.csv"), ["famille.csv : ce fichier manque à la racine ; lui seul est obligatoire. À la racine : compte.csv, document.csv, enfant.csv, enfantFamille.csv, facture.csv…"]),
    (repeat("famille.csv"), ["famille.csv, ligne 4, colonne id, valeur « 1 » : déjà donné à la ligne 2 ; gardez une seule des deux lignes."]),
    (repeat("compte.csv", identifiant="99"), ["compte.csv, ligne 4, colonne responsable, valeur « 1 » : déjà donné à la ligne 2 ; gardez une seule des deux lignes."]),
    (put("compte.csv", 1, identifiant="38160001"), ["compte.csv, ligne 3, colonne identifiant, valeur « 38160001 » : déjà donné à la ligne 2 ; chaque responsable a le sien."]),
    (put("compte.csv", 1, responsable="2"), ["compte.csv, ligne 3, colonne responsable, valeur « 2 » : cette famille n’a pas de second responsable dans famille.csv."]),
    (put("famille.csv", 0, nomResp2=""), ["famille.csv, ligne 2, colonne nomResp2, valeur vide : donnez le nom du second responsable, ou retirez son prénom."]),
    (put("enfantFamille.csv", 2, famille_id="7"), ["enfantFamille.csv, ligne 4, colonne famille_id, valeur « 7 » : cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv."]),
    (put("enfantFamille.csv", 2, enfant_id="7"), ["enfantFamille.csv, ligne 4, colonne enfant_id, valeur « 7 » : cet enfant n’existe pas ; corrigez, ou ajoutez-le à enfant.csv."]),
    (put("mandat.csv", 0, titulaire_id="7"), ["mandat.csv, ligne 2, colonne titulaire_id, valeur « 7 » : cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv."]),
    (put("reglement.csv", 0, facture_id="7"), ["reglement.csv, ligne 2, colonne facture_id, valeur « 7 » : cette facture n’existe pas ; corrigez, ou ajoutez-la à facture.csv."]),
    (put("reglement.csv", 0, facture_id="200"), ["reglement.csv, ligne 2, colonne facture_id, valeur « 200 » : cette facture est celle d’une autre famille."]),
    (put("reglement.csv", 0, facture_id="102"), ["reglement.csv, ligne 2, colonne facture_id, valeur « 102 » : c’est un avoir ; un règlement paie une facture."]),
    (put("facture.csv", 0, dateEcheance="x"), ["facture.csv, ligne 2, colonne dateEcheance, valeur « x » : écrivez une date comme 08/11/2016 ou 2016-11-08."]),
    (put("facture.csv", 1, numero="A100"), ["facture.csv, ligne 3, colonne numero, valeur « A100 » : la facture d’id « 100 », ligne 2, porte déjà ce numéro dans cette famille, comme celle d’id « 101 » ; donnez un autre numéro à l’une, ou le type ANNULEE à celle qui n’est plus due."]),
    (put("facture.csv", 0, montant="0,00"), ["ligneFacture.csv, ligne 2, colonne facture_id, valeur « 100 » : les lignes font 1 234,50 €, la facture 0,00 € ; les deux doivent être égaux. Une facture annulée garde son montant et prend le type ANNULEE."]),
    (put("ligneFacture.csv", 1, montant="34,51"), ["ligneFacture.csv, ligne 2, colonne facture_id, valeur « 100 » : les lignes font 1 234,51 €, la facture 1 234,50 € ; les deux doivent être égaux."]),
    (put("message.csv", 1, famille_id="7"), ["message.csv, ligne 4, colonne famille_id, valeur « 7 » : cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv."]),
    (put("document.csv", 0, famille_id="7"), ["document.csv, ligne 2, colonne famille_id, valeur « 7 » : cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv."]),
]  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize(("spoil", "said"), SETS)
def test_a_set_that_does_not_hold_together_is_refused(
    app: Flask, tmp_path: Path, town: Town, spoil: Spoil, said: list[str]
) -> None:
    """What one cell cannot tell is told too, and nothing else is complained of."""
    spoil(town)
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert [plain(without_family(each)) for each in faults] == said


def without_family(sentence: str) -> str:
    """Leave out whose line it is: `test_naming` reads that."""
    return re.sub(r", famille [^,]+", "", sentence)


def plain(sentence: str) -> str:
    """Babel separates thousands with a narrow no-break space."""
    return sentence.replace("\u202f", " ")


@pytest.mark.both_databases
def test_every_fault_is_listed_in_the_order_of_the_lines(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A secretary corrects everything at once."""
    town.row("famille.csv", 1)["numero"] = "2.0"
    town.row("famille.csv", 0)["nomResp1"] = ""
    town.row("enfant.csv")["prenom"] = ""
    town.row("message.csv", 1)["famille_id"] = "x"
    faults = faults_of(app, town.folder(tmp_path / "files"))
    assert [without_family(each).split(", valeur")[0] for each in faults] == [
        "famille.csv, ligne 2, colonne nomResp1",
        "famille.csv, ligne 3, colonne numero",
        "enfant.csv, ligne 2, colonne prenom",
        "message.csv, ligne 4, colonne famille_id",
    ]


def test_a_fault_in_a_family_is_no_fault_of_its_children(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """The family's row is refused for its name, but what refers to it is not complained of."""
    town.row("famille.csv")["nomResp1"] = ""
    assert len(faults_of(app, town.folder(tmp_path / "files"))) == 1


@pytest.mark.both_databases
def test_an_identifiant_never_moves_to_somebody_else(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """What Inès signs in with cannot become Yann's by a slip in a file."""
    settle(app, tmp_path / "files")
    town.row("compte.csv", 0)["identifiant"] = "38160002"
    town.row("compte.csv", 1)["identifiant"] = "38160001"
    assert faults_of(app, town.folder(tmp_path / "files")) == [
        "compte.csv, ligne 2, famille F1 (GARNIER), colonne identifiant, valeur « 38160002 » : "
        "c’est celui d’un responsable de la famille 2 ; donnez-en un autre.",
        "compte.csv, ligne 3, famille 2 (LE GOFF), colonne identifiant, valeur « 38160001 » : "
        "c’est celui d’un responsable de la famille 1 ; donnez-en un autre.",
    ]


def test_an_amount_cannot_leave_its_known_lines(app: Flask, tmp_path: Path, town: Town) -> None:
    """The invoice changes but its lines are not given again: they would not add up."""
    settle(app, tmp_path / "files")
    town.row("facture.csv")["montant"] = "1 000,00"
    del town.files["ligneFacture.csv"]
    faults = faults_of(app, town.folder(tmp_path / "narrow"))
    (tmp_path / "narrow").joinpath("ligneFacture.csv").unlink(missing_ok=True)
    assert [plain(each) for each in faults] == [
        "facture.csv, ligne 2, famille F1 (GARNIER), colonne id, valeur « 100 » : "
        "les lignes font 1 234,50 €, la facture 1 000,00 € ; les deux doivent être égaux."
    ]


def test_what_the_portal_knows_may_be_referred_to(app: Flask, tmp_path: Path, town: Town) -> None:
    """A payment alone, of an invoice imported last month, is welcome."""
    settle(app, tmp_path / "files")
    payments = Town()
    payments.files = {name: payments.files[name] for name in ("famille.csv", "reglement.csv")}
    payments.add("reglement.csv", id="502", montant="20,00", facture_id="101")
    report = hand_over(app, payments.folder(tmp_path / "payments"))
    assert report.counts["règlements"].created == 1


def test_a_file_without_a_column_is_refused_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """The header is the fault, not each row that refers to the file."""
    town.drop_column("enfant.csv", "nom")
    assert faults_of(app, town.folder(tmp_path / "files")) == [
        "enfant.csv, ligne 1, colonne nom : cette colonne obligatoire manque dans la première ligne."
    ]


@pytest.mark.both_databases
@pytest.mark.parametrize("rank", [1, 2])
def test_first_names_that_the_portal_knows_are_not_left_out(
    app: Flask, tmp_path: Path, town: Town, rank: int
) -> None:
    """« GARNIER » alone could be Inès, Karim or anybody: their accesses would go to somebody."""
    settle(app, tmp_path / "files")
    before = everything(app)
    town.drop_column("famille.csv", f"prenomResp{rank}")
    assert faults_of(app, town.folder(tmp_path / "short")) == [
        f"famille.csv, colonne prenomResp{rank}\u00a0: cette colonne manque, "
        "mais le portail connaît des prénoms\u00a0; ajoutez-la."
    ]
    assert everything(app) == before


@pytest.mark.both_databases
def test_a_town_of_homes_needs_no_first_names(app: Flask, tmp_path: Path, town: Town) -> None:
    """Nor does one whose software knows none: nobody is taken for another."""
    for rank in (1, 2):
        town.drop_column("famille.csv", f"prenomResp{rank}")
    for name in ("files", "again"):
        assert faults_of(app, town.folder(tmp_path / name)) == []


@pytest.mark.both_databases
def test_ids_whose_zeros_were_lost_are_told_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """Opened and saved by a spreadsheet: every family would be there twice."""
    for number, row in enumerate(town.files["famille.csv"], start=1):
        row["id"] = f"00{number}"
    town.files = {"famille.csv": town.files["famille.csv"]}
    hand_over(app, town.folder(tmp_path / "files"))
    for number, row in enumerate(town.files["famille.csv"], start=1):
        row["id"] = str(number)
    spoilt = town.folder(tmp_path / "spoilt")
    assert [plain(each) for each in faults_of(app, spoilt)] == [
        plain(
            "famille.csv, lignes 2 et 3, colonne id, valeur «\u00a01\u00a0»\u00a0: le portail connaît "
            "«\u00a0001\u00a0»\u00a0; un tableur a retiré les zéros du début, donnez à la colonne le "
            "format Texte, puis exportez de nouveau."
        )
    ]
    town.files["famille.csv"] += [
        row | {"id": f"00{row['id']}"} for row in town.files["famille.csv"]
    ]
    assert faults_of(app, town.folder(tmp_path / "both")) == []


STRUCTURES = [
    (b"id,nomResp1,prenomResp1\n1,A,B\n", "famille.csv, ligne 1 : la première ligne doit nommer les colonnes, séparées par des « ; »."),
    (b"", "famille.csv, ligne 1 : la première ligne doit nommer les colonnes, séparées par des « ; »."),
    (b"id;nomResp1;prenomResp1\n", "famille.csv : ce fichier ne contient aucune famille."),
    (b"id;ID;nomResp1;prenomResp1\n1;2;A;B\n", "famille.csv, ligne 1, colonne id : cette colonne est présente deux fois."),
    (b"id;nomResp1;prenomResp1\n1;A;B;C\n", "famille.csv, ligne 2 : cette ligne compte 4 cellules au lieu de 3 ; mettez entre guillemets les textes qui contiennent « ; »."),
    (b'id;nomResp1;prenomResp1\n1;A;B\n2;"A;B\n', "famille.csv, ligne 3 : un guillemet manque ou est de trop ; doublez ceux qui sont dans le texte."),
    (b'id;nomResp1;prenomResp1\n1;"A"x;B\n', "famille.csv, ligne 2 : un guillemet manque ou est de trop ; doublez ceux qui sont dans le texte."),
    (b"id;nomResp1;prenomResp1\n1;" + b"A" * 200_000 + b";B\n", "famille.csv, ligne 2 : une cellule dépasse 131072 caractères ; un guillemet y manque sans doute."),
    (b"id;nomResp1;prenomResp1\n1;A\0;B\n", "famille.csv, ligne 2 : ce fichier contient un octet nul ; exportez-le de nouveau."),
    (b"id;nomResp1;prenomResp1\n1;\x81\xe9;B\n", "famille.csv, ligne 2 : ce texte n’est ni en UTF-8 ni en Windows-1252 ; enregistrez-le en « CSV UTF-8 »."),
    ("id;nomResp1;prenomResp1\n".encode("utf-16"), "famille.csv : ce fichier est en UTF-16 ; enregistrez-le en « CSV UTF-8 »."),
    (b"id;nomResp1;prenomResp1\n" + b"x" * 3_000_000, "famille.csv, ligne 2 : cette ligne est démesurée ; exportez le fichier de nouveau."),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), STRUCTURES)
def test_a_file_that_is_no_table_is_refused(
    app: Flask, tmp_path: Path, content: bytes, said: str
) -> None:
    """Wrong separator, quotes, bytes: one sentence, no trace of a program's error."""
    (tmp_path / "famille.csv").write_bytes(content)
    assert faults_of(app, tmp_path) == [said]


def test_a_refused_import_writes_nothing(app: Flask, tmp_path: Path, town: Town) -> None:
    """Even what was sound is not there."""
    before = everything(app)
    town.row("message.csv")["date"] = "x"
    assert faults_of(app, town.folder(tmp_path / "files"))
    assert everything(app) == before
    assert not list(Path(app.instance_path).glob("*/*"))


def test_many_faults_are_counted_but_not_all_kept(app: Flask, tmp_path: Path) -> None:
    """A file wrong from top to bottom costs no memory to say so."""
    rows = "".join(f"{number};;B;1.0\n" for number in range(1_500))
    (tmp_path / "famille.csv").write_text(f"id;nomResp1;prenomResp1;numero\n{rows}")
    assert len(faults_of(app, tmp_path)) == 1_000
